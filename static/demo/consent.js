// The visitor's choice about tracking. Nothing is stored before it is made.
//
// Other scripts ask `choice(document.cookie)` or listen for the event "luxe:consent"
// on the document; its detail is "all" or "none". The tracker is told on each page, since
// the choice may have been changed without scripts.

const NAME = "luxe_consent";
const DAYS = 180;

/** "all", "none", or "" when nothing was chosen. */
export function choice(cookies) {
  const found = cookies
    .split(";")
    .map((part) => part.trim().split("="))
    .find(([name]) => name === NAME);
  return found && ["all", "none"].includes(found[1]) ? found[1] : "";
}

export function cookieFor(value, isSecure) {
  const age = DAYS * 24 * 3600;
  const safe = isSecure ? "; Secure" : "";
  return `${NAME}=${value}; Max-Age=${age}; Path=/demo/; SameSite=Lax${safe}`;
}

/** A browser that says no for its user is not asked again. */
export function shouldAsk(cookies, browser) {
  return !choice(cookies) && !browser.globalPrivacyControl;
}

export function mayKnow(browser) {
  return !browser.globalPrivacyControl && !(browser.doNotTrack > 0);
}

/** The visitor as the tracker (docs/tracker.md) keeps it, which may still be on its way. */
export function visitorOf(storage, make) {
  try {
    storage.luxe ||= JSON.stringify({ visitor: make() });
    return JSON.parse(storage.luxe).visitor || "";
  } catch {
    return "";
  }
}

/** As the plugin's start.js: the tracker and the shelves hear it once it is sure. */
function tell(chosen) {
  window.luxebrain ??= [];
  window.luxebrain.push(["consent", chosen === "all"]);
  const isSure = chosen === "all" && mayKnow(navigator);
  const visitor = isSure && visitorOf(localStorage, () => crypto.randomUUID());
  if (visitor) window.luxebrainAgreed = { visitor };
  else delete window.luxebrainAgreed;
  const said = visitor ? "agreed" : "refused";
  const detail = window.luxebrainAgreed;
  document.dispatchEvent(new CustomEvent(`luxebrain:${said}`, { detail }));
}

function start(banner) {
  if (!shouldAsk(document.cookie, navigator)) return;
  banner.hidden = false;
  for (const button of banner.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not everywhere
      document.cookie = cookieFor(button.value, location.protocol === "https:");
      banner.hidden = true;
      tell(button.value);
      document.dispatchEvent(new CustomEvent("luxe:consent", { detail: button.value }));
    });
  }
}

if (typeof document !== "undefined") {
  tell(choice(document.cookie));
  const banner = document.getElementById("consent");
  if (banner) start(banner);
}
