/* The live page keeps itself up to date. Without this script it shows the moment at
   which it was opened. */

const live = document.getElementById("live");
const amount = new Intl.NumberFormat("en", {
  style: "currency",
  currency: live.dataset.currency,
});
const whole = new Intl.NumberFormat("en");

function renew(found) {
  for (const place of live.querySelectorAll("[data-live]")) {
    const value = found[place.dataset.live];
    place.textContent =
      "isMoney" in place.dataset ? amount.format(Number(value)) : whole.format(value);
  }
  renewFunnel(found.funnel);
  for (const list of live.querySelectorAll("[data-live-list]")) {
    renewList(list, found[list.dataset.liveList]);
  }
}

function renewFunnel(steps) {
  const most = Math.max(1, ...steps.map((step) => step.sessions));
  const rows = live.querySelectorAll("[data-live-funnel] li");
  for (const [place, step] of steps.entries()) {
    const bar = rows[place].querySelector("progress");
    bar.max = most;
    bar.value = step.sessions;
    rows[place].querySelector("strong").textContent = whole.format(step.sessions);
  }
}

function renewList(list, rows) {
  list.replaceChildren(...rows.map(rowOf));
  list.parentElement.querySelector("[data-live-empty]").hidden = rows.length > 0;
}

function rowOf(row) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = row.name ?? row.key;
  item.append(name);
  if (row.count !== undefined) {
    const count = document.createElement("strong");
    count.textContent = whole.format(row.count);
    item.append(" ", count);
  }
  return item;
}

/* A page that nobody looks at takes no seat from one that somebody does. */
let source = null;

function follow() {
  if (document.hidden) {
    source?.close();
    source = null;
  } else if (source === null) {
    source = new EventSource(live.dataset.stream);
    source.addEventListener("message", (event) => renew(JSON.parse(event.data)));
  }
}

document.addEventListener("visibilitychange", follow);
/* An open stream would keep the page out of the browser's back and forward memory. */
addEventListener("pagehide", () => {
  source?.close();
  source = null;
});
addEventListener("pageshow", follow);
follow();
