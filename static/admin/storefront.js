/* Beside a form stands what it would change. Without this script the form saves as well. */

const PAUSE = 400;
const panel = document.querySelector("[data-preview]");
const form =
  panel && document.querySelector("#content-main form[method=post], form[id$=_form]");
const here = panel?.querySelector("[data-preview-here]");
let waiting = 0;
let asked = null;

async function look() {
  asked?.abort();
  asked = new AbortController();
  const body = new FormData(form);
  for (const field of [...body.keys()])
    if (body.get(field) instanceof File) body.delete(field);
  for (const field of panel.querySelectorAll("[name]"))
    body.set(field.name, field.value);
  here.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(panel.dataset.preview, {
      method: "POST",
      body,
      signal: asked.signal,
    });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    here.innerHTML = await answer.text();
  } catch (error) {
    if (error.name === "AbortError") return;
    here.textContent =
      "This could not be looked up. It tries again with the next change.";
  }
  here.removeAttribute("aria-busy");
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE);
}

if (form && here) {
  /* The theme's pickers tell of changes through jQuery alone. */
  window.django?.jQuery?.(form).on("change", soon);
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  panel.addEventListener("change", soon);
  panel.querySelector("button").addEventListener("click", look);
  soon();
}
