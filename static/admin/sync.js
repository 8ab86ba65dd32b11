/* Pages of the shop connection. Without this script they work too, by hand. */

const PAUSE = 4000;

/* The examination begins by itself, and says that it takes a while. */
const form = document.querySelector("form[data-begin-now]");
for (const asked of document.querySelectorAll("form.lb-ask")) {
  asked.addEventListener("submit", () => {
    const wait = asked.querySelector(".lb-wait");
    if (wait) wait.hidden = false;
  });
}
if (form) form.requestSubmit();

/* While something is under way, the page's own new state takes the place of the old. */
const PARTS = ["#result_list", "#sync-live"];

async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of PARTS) {
    const [old, now] = [document.querySelector(part), fresh.querySelector(part)];
    if (old && now) old.replaceWith(document.adoptNode(now));
  }
}

function isUnderWay() {
  return document.querySelector("[data-live]") !== null;
}

async function watch() {
  if (!isUnderWay()) return;
  if (!document.hidden) {
    try {
      await renew();
    } catch {
      /* The network is away: the next round tries again. */
    }
  }
  setTimeout(watch, PAUSE);
}

if (isUnderWay()) setTimeout(watch, PAUSE);

/* A code to take elsewhere. It can be selected by hand, too. */
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(
      document.querySelector(button.dataset.copy).textContent.trim(),
    );
    button.textContent = button.dataset.copied;
  });
}
