/* Beside a form stands what it would change. Without this script the form saves as well. */

import { lookUp } from "./look-up.js";

const panel = document.querySelector("[data-preview]");
const form =
  panel && document.querySelector("#content-main form[method=post], form[id$=_form]");
const here = panel?.querySelector("[data-preview-here]");

function question() {
  const body = new FormData(form);
  for (const field of [...body.keys()])
    if (body.get(field) instanceof File) body.delete(field);
  for (const field of panel.querySelectorAll("[name]"))
    body.set(field.name, field.value);
  return [panel.dataset.preview, body];
}

if (form && here) {
  const { look, soon } = lookUp(here, question);
  /* The theme's pickers tell of changes through jQuery alone. */
  window.django?.jQuery?.(form).on("change", soon);
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  panel.addEventListener("change", soon);
  panel.querySelector("button").addEventListener("click", look);
  soon();
}
