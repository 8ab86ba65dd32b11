// Picks for this visitor, in the place of those that everybody sees: only after consent,
// and without a jump, since each product takes the place of another one.

import { choice } from "./consent.js";

// What this visit looked at, newest first: a click counts before the stream of events
// has brought it to the models' rows.
const VIEWED = "luxe:viewed";
const MOST = 10;

/** The visitor as the tracker (docs/tracker.md) keeps it; "" without consent. */
export function visitorOf(storage) {
  try {
    return JSON.parse(storage.luxe || "{}").visitor || "";
  } catch {
    return "";
  }
}

/** The list with the product in front, once, and not too long. */
export function remember(viewed, product) {
  const rest = viewed.filter((one) => one !== product);
  return [product, ...rest].slice(0, MOST);
}

export function viewedIn(storage) {
  try {
    const found = JSON.parse(storage.getItem(VIEWED) || "[]");
    return Array.isArray(found) ? found.filter(Number.isInteger) : [];
  } catch {
    return [];
  }
}

export function address(base, visitor, viewed) {
  const asked = new URLSearchParams({ visitor, viewed: viewed.join(",") });
  return `${base}&${asked}`;
}

/** Elements stay: the tracker watches them for what is seen. */
function fill(shelf, html) {
  const fresh = new DOMParser().parseFromString(`<ul>${html}</ul>`, "text/html");
  const picks = [...fresh.querySelectorAll("li[data-luxe]")];
  const places = [...shelf.querySelectorAll(".grid > li")];
  if (!picks.length) {
    tell(shelf, fresh.querySelector("[data-left-alone]"));
    return;
  }
  for (const [at, place] of places.entries()) {
    if (!picks[at]) {
      place.remove();
      continue;
    }
    place.dataset.luxe = picks[at].dataset.luxe;
    place.replaceChildren(...picks[at].childNodes);
  }
  shelf.querySelector("h2").textContent = shelf.dataset.picksTitle;
  shelf.dataset.picked = "yes";
}

/** In a real shop nobody is told; in a demo it would look broken. */
function tell(shelf, said) {
  if (!said) return;
  const line = document.createElement("p");
  line.className = "card-because";
  line.textContent = said.textContent.trim();
  shelf.querySelector(".shelf-head").after(line);
}

async function pick(shelf, visitor, viewed) {
  try {
    const answer = await fetch(address(shelf.dataset.picks, visitor, viewed));
    if (answer.ok) fill(shelf, await answer.text());
  } catch {
    // The shelf that everybody sees stays.
  }
}

function start() {
  const visitor = visitorOf(localStorage);
  if (!visitor || choice(document.cookie) !== "all") return;
  const before = viewedIn(sessionStorage);
  const here = Number(
    document.querySelector(".product[data-luxe-product]")?.dataset.luxeProduct,
  );
  if (here) sessionStorage.setItem(VIEWED, JSON.stringify(remember(before, here)));
  for (const shelf of document.querySelectorAll('[data-picks]:not([data-picks=""])')) {
    pick(shelf, visitor, before);
  }
}

if (typeof document !== "undefined") {
  document.addEventListener("luxe:consent", (event) => {
    if (event.detail === "all") setTimeout(start);
    else sessionStorage.removeItem(VIEWED);
  });
  start();
}
