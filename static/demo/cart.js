// Plus and minus in the bag, and buttons that send a form only once.

/** A whole number within bounds; what is no number becomes the lower bound. */
export function clamp(value, least, most) {
  const number = Math.trunc(Number(value));
  if (!Number.isFinite(number)) return least;
  return Math.max(least, Math.min(most, number));
}

/** Whether a step up or down is still possible. */
export function canStep(value, by, least, most) {
  return clamp(value + by, least, most) !== value;
}

function startQuantity(form) {
  const input = form.querySelector("input[type=number]");
  const least = Number(input.min);
  const most = Math.max(Number(input.max), least);
  const steps = [-1, 1].map((by) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "step";
    button.textContent = by < 0 ? "−" : "+";
    button.setAttribute("aria-label", `${input.labels[0].textContent.trim()} ${by}`);
    button.disabled = !canStep(Number(input.value), by, least, most);
    button.addEventListener("click", () => {
      input.value = clamp(Number(input.value) + by, least, most);
      form.requestSubmit();
    });
    return button;
  });
  input.before(steps[0]);
  input.after(steps[1]);
  input.addEventListener("change", () => {
    input.value = clamp(input.value, least, most);
    form.requestSubmit();
  });
}

function startOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelector("[type=submit]").setAttribute("aria-disabled", "true");
  });
  // A page that comes back from the browser's memory may be sent again; the form's
  // token makes sure that it buys nothing twice.
  addEventListener("pageshow", () => {
    delete form.dataset.sent;
    form.querySelector("[type=submit]").removeAttribute("aria-disabled");
  });
}

if (typeof document !== "undefined") {
  for (const form of document.querySelectorAll("[data-quantity]")) startQuantity(form);
  for (const form of document.querySelectorAll("[data-once]")) startOnce(form);
}
