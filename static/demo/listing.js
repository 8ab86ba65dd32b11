// Filters apply at once where one click says all; panels keep their own button.

/** The form's fields as a query without what was left empty. */
export function tidy(entries) {
  const kept = [...entries].filter(([, value]) => value !== "");
  return new URLSearchParams(kept).toString();
}

function start(form) {
  const go = () => {
    const query = tidy(new FormData(form));
    location.assign(query ? `${location.pathname}?${query}` : location.pathname);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });
  for (const field of form.querySelectorAll("[data-apply]")) {
    field.addEventListener("change", go);
  }
  form.addEventListener("keydown", (event) => {
    const panel = event.target.closest("details[open]");
    if (event.key !== "Escape" || !panel) return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    for (const panel of form.querySelectorAll("details[open]")) {
      if (!panel.contains(event.target)) panel.open = false;
    }
  });
}

if (typeof document !== "undefined") {
  const form = document.querySelector("[data-filters]");
  if (form) start(form);
}
