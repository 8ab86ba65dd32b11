import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";
import { gzipSync } from "node:zlib";

const folder = new URL("../../wp-plugin/luxebrain/assets/", import.meta.url);
const code = readFileSync(new URL("start.js", folder), "utf8");
const tracker = readFileSync(new URL("tracker.js", folder), "utf8");
const TAG = {
  key: "pk_1",
  endpoint: "https://brain.example/track",
  fallback: "https://shop.example/wp-json/luxebrain/v1/track",
  tracker: "https://shop.example/tracker.js",
  me: "https://shop.example/wp-json/luxebrain/v1/me",
  consent: "wait",
};

/** A shop's page as far as start.js and the tracker look at it. `load()` is the network bringing the tracker. */
function open({
  tag = {},
  navigator = {},
  stored = {},
  signedIn = false,
  ...more
} = {}) {
  const heard = {};
  const told = [];
  const asked = [];
  const scripts = [];
  const timers = [];
  const jar = new Map(Object.entries(more.cookies ?? {}));
  const page = {
    currentScript: { dataset: { ...TAG, ...tag } },
    readyState: "complete",
    referrer: "",
    body: { className: "", classList: { contains: () => signedIn } },
    getElementById: () => null,
    querySelectorAll: () => [],
    createElement: () => ({ dataset: {} }),
    head: { append: (script) => scripts.push(script) },
    dispatchEvent: ({ type, detail }) => told.push([type, detail]),
    get cookie() {
      return [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    },
    set cookie(text) {
      const [pair, ...rules] = text.split(";");
      const [name, value] = pair.split("=");
      if (rules.includes("max-age=0")) jar.delete(name);
      else jar.set(name, value);
      page.rules = rules;
    },
  };
  const world = {
    document: page,
    localStorage: { ...stored },
    sessionStorage: {},
    location: {
      search: "",
      origin: "https://shop.example",
      pathname: "/",
      protocol: "https:",
    },
    navigator: { sendBeacon: (url) => asked.push(url), ...navigator },
    addEventListener: (type, run) => {
      heard[type] ??= [];
      heard[type].push(run);
    },
    setTimeout: (run) => timers.push(run),
    clearTimeout: () => {},
    fetch: async (url, options = {}) => {
      asked.push(url);
      world.options = options;
      if (url === TAG.me) return { json: async () => ({ token: world.token ?? null }) };
      if (world.isBlocked) throw new TypeError("Failed to fetch");
      return { status: 200 };
    },
    CustomEvent: class {
      constructor(type, { detail }) {
        Object.assign(this, { type, detail });
      }
    },
    crypto,
    URLSearchParams,
    ...more,
  };
  world.window = world;
  vm.runInNewContext(code, world);
  const load = () => {
    for (const script of scripts.splice(0)) {
      page.currentScript = script;
      world.script = script;
      vm.runInNewContext(tracker, world);
      script.onload();
    }
  };
  const tell = (type, event = {}) => {
    for (const run of heard[type] ?? []) run(event);
  };
  const pass = async () => {
    for (const run of timers.splice(0)) await run();
    await new Promise(setImmediate);
  };
  const kept = () => Object.keys(world.localStorage).sort();
  return { world, page, jar, told, asked, scripts, load, tell, pass, kept };
}

const events = ({ world }) =>
  Object.keys(world.localStorage)
    .filter((name) => name.startsWith("luxe:"))
    .map((name) => JSON.parse(world.localStorage[name]).type);

function isUntouched(shop) {
  assert.deepEqual(shop.kept(), []);
  assert.deepEqual([...shop.jar], []);
  assert.deepEqual(shop.asked, []);
  assert.deepEqual(shop.scripts, []);
  assert.deepEqual(shop.told, []);
  assert.equal(shop.world.luxebrainAgreed, undefined);
}

test("it weighs less than 2 kilobytes, packed as it is served", () => {
  const size = gzipSync(code, { level: 9 }).length;
  assert.ok(size < 2048, `${size} bytes`);
});

test("the plugin brings the tracker as it is", () => {
  const own = new URL("../../static/sdk/luxebrain.js", import.meta.url);
  assert.equal(tracker, readFileSync(own, "utf8"));
});

test("it does nothing at all before a yes", () => {
  const shop = open();
  shop.tell("click");
  shop.tell("pagehide");
  shop.tell("luxe:consent", { detail: "none" });
  isUntouched(shop);
});

test("a yes loads the tracker, keeps the visitor and tells the shelves", () => {
  const shop = open();
  shop.world.luxebrain.consent(true);
  const { visitor } = JSON.parse(shop.world.localStorage.luxe);
  assert.equal(shop.jar.get("luxebrain_visitor"), visitor);
  assert.deepEqual(shop.page.rules, [
    "path=/",
    "max-age=31536000",
    "SameSite=Lax",
    "Secure",
  ]);
  const [script] = shop.scripts;
  assert.equal(script.src, TAG.tracker);
  assert.equal(script.dataset.key, "pk_1");
  assert.equal(script.dataset.endpoint, TAG.endpoint);
  assert.deepEqual(
    shop.told.map(([type, detail]) => [type, { ...detail }]),
    [["luxebrain:agreed", { visitor, token: undefined }]],
  );
  assert.deepEqual({ ...shop.world.luxebrainAgreed }, { visitor, token: undefined });
  shop.load();
  assert.deepEqual(events(shop), ["page_view"]);
  assert.match(shop.jar.get("luxebrain_session"), /^luxe:\d{13}[0-9a-f-]{36}$/);
});

test("it hears a banner that was faster, and forgets what was done before the yes", () => {
  const shop = open({
    luxebrain: [
      ["track", "login"],
      ["consent", true],
    ],
  });
  shop.load();
  assert.deepEqual(events(shop), ["page_view"]);
});

test("it remembers a yes by the visitor who was kept", () => {
  const shop = open({ stored: { luxe: '{"visitor":"v-of-before"}' } });
  assert.equal(shop.jar.get("luxebrain_visitor"), "v-of-before");
  assert.equal(shop.scripts.length, 1);
});

for (const [name, say] of [
  ["a call", (shop) => shop.world.luxebrain.consent(false)],
  ["a call in the queue", (shop) => shop.world.luxebrain.push(["consent", false])],
  ["an event", (shop) => shop.tell("luxe:consent", { detail: "none" })],
]) {
  test(`a no takes everything back, said by ${name}`, () => {
    for (const isLoaded of [false, true]) {
      const shop = open();
      shop.world.luxebrain.consent(true);
      if (isLoaded) shop.load();
      say(shop);
      shop.load();
      shop.tell("click", { target: { closest: () => null, classList: "" } });
      assert.deepEqual(shop.kept(), []);
      assert.deepEqual([...shop.jar], []);
      assert.equal(shop.world.luxebrainAgreed, undefined);
      assert.equal(shop.told.at(-1)[0], "luxebrain:refused");
    }
  });
}

test("a yes after a no begins anew, with another visitor", () => {
  const shop = open();
  shop.world.luxebrain.consent(true);
  shop.load();
  const before = shop.jar.get("luxebrain_visitor");
  shop.world.luxebrain.consent(false);
  shop.world.luxebrain.consent(true);
  assert.equal(shop.scripts.length, 0);
  assert.notEqual(shop.jar.get("luxebrain_visitor"), before);
  assert.equal(shop.told.at(-1)[0], "luxebrain:agreed");
});

test("it asks the WP Consent API, and does not take its silence for a yes", () => {
  const shop = open({ wp_has_consent: () => true });
  isUntouched(shop);
  shop.world.wp_consent_type = "optin";
  shop.tell("wp_consent_type_defined");
  assert.equal(shop.scripts.length, 1);
  shop.world.wp_has_consent = (kind) => kind !== "statistics";
  shop.tell("wp_listen_for_consent_change");
  assert.deepEqual(shop.kept(), []);
  assert.deepEqual([...shop.jar], []);
});

test("a banner's no outweighs what was kept before", () => {
  const shop = open({
    stored: { luxe: '{"visitor":"v"}', theme: "dark" },
    cookies: { luxebrain_visitor: "v" },
    wp_consent_type: "optin",
    wp_has_consent: () => false,
  });
  assert.deepEqual(shop.kept(), ["theme"]);
  assert.deepEqual([...shop.jar], []);
  assert.equal(shop.scripts.length, 0);
});

test("it hears the IAB's framework", () => {
  const after = (said) => open({ __tcfapi: (_, __, run) => run(said) }).scripts.length;
  assert.equal(
    after({ gdprApplies: true, purpose: { consents: { 1: true, 8: true } } }),
    1,
  );
  assert.equal(after({ gdprApplies: true, purpose: { consents: { 1: true } } }), 0);
  assert.equal(after({ gdprApplies: false, purpose: { consents: {} } }), 1);
});

test("it begins at once where the merchant says that nobody must be asked", () => {
  assert.equal(open({ tag: { consent: "none" } }).scripts.length, 1);
});

test("there, too, a no is kept, and a yes again", () => {
  const tag = { consent: "none" };
  const shop = open({ tag });
  shop.world.luxebrain.consent(false);
  assert.deepEqual(shop.kept(), ["luxebrain-off"]);
  const next = open({ tag, stored: shop.world.localStorage });
  assert.equal(next.scripts.length, 0);
  next.world.luxebrain.consent(true);
  assert.equal(open({ tag, stored: next.world.localStorage }).scripts.length, 1);
});

test("it obeys Global Privacy Control and Do-Not-Track whatever anybody says", () => {
  for (const navigator of [{ globalPrivacyControl: true }, { doNotTrack: "1" }]) {
    const shop = open({ navigator, tag: { consent: "none" } });
    shop.world.luxebrain.consent(true);
    shop.tell("luxe:consent", { detail: "all" });
    isUntouched(shop);
  }
});

test("it takes a cookie away that nobody agrees to any more", () => {
  const shop = open({ cookies: { luxebrain_visitor: "v", cart: "1" } });
  assert.deepEqual([...shop.jar], [["cart", "1"]]);
});

test("it is silent where the browser allows no storage, no secure chance, or its own tag was lost", () => {
  const shop = open({ crypto: {} });
  shop.world.luxebrain.consent(true);
  isUntouched(shop);
  const lost = {
    window: {},
    document: { currentScript: null, getElementById: () => null },
    localStorage: {},
  };
  vm.runInNewContext(code, lost);
  assert.deepEqual(lost.window, {});
});

test("it fetches who is signed in after the yes, once, and tells the tracker", async () => {
  const shop = open({ signedIn: true, token: "v1.sk.42" });
  assert.deepEqual(shop.asked, []);
  shop.world.luxebrain.consent(true);
  assert.deepEqual(shop.asked, [TAG.me]);
  assert.equal(shop.world.options.headers["X-LuxeBrain"], 1);
  assert.equal(shop.world.options.method, "POST");
  assert.deepEqual(shop.told, []);
  await new Promise(setImmediate);
  assert.equal(shop.told[0][1].token, "v1.sk.42");
  shop.load();
  assert.deepEqual(shop.asked, [TAG.me]);
});

test("it asks for nobody where nobody is signed in, or statistics alone were agreed to", () => {
  const guest = open();
  guest.world.luxebrain.consent(true);
  const careful = open({
    signedIn: true,
    wp_consent_type: "optin",
    wp_has_consent: (kind) => kind === "statistics",
  });
  assert.deepEqual([guest.asked, careful.asked], [[], []]);
  const of = ({ world }) => JSON.parse(world.localStorage.luxe).visitor;
  assert.equal(guest.jar.get("luxebrain_visitor"), of(guest));
  assert.equal(careful.jar.get("luxebrain_visitor"), `${of(careful)}.`);
  assert.equal(careful.told[0][0], "luxebrain:agreed");
});

test("who agrees to more later is known from then on, and no longer when that is taken back", async () => {
  const allowed = new Set(["statistics"]);
  const shop = open({
    signedIn: true,
    token: "v1.sk.42",
    wp_consent_type: "optin",
    wp_has_consent: (kind) => allowed.has(kind),
  });
  shop.load();
  allowed.add("marketing");
  shop.tell("wp_listen_for_consent_change");
  await new Promise(setImmediate);
  assert.equal(shop.world.luxebrainAgreed.token, "v1.sk.42");
  allowed.delete("marketing");
  shop.tell("wp_listen_for_consent_change");
  assert.equal(shop.world.luxebrainAgreed.token, undefined);
  assert.equal(shop.scripts.length, 0);
});

test("a token that comes after a no is thrown away", async () => {
  const shop = open({ signedIn: true, token: "v1.sk.42" });
  shop.world.luxebrain.consent(true);
  shop.world.luxebrain.consent(false);
  await new Promise(setImmediate);
  assert.equal(shop.world.luxebrainAgreed, undefined);
  assert.deepEqual(
    shop.told.map(([type]) => type),
    ["luxebrain:refused"],
  );
});

test("it goes through the shop where the direct way is closed, and for the rest of the visit", async () => {
  const shop = open({ isBlocked: true });
  shop.world.luxebrain.consent(true);
  shop.load();
  const begun = Date.now;
  Date.now = () => begun() + 9_000;
  await shop.pass();
  Date.now = begun;
  assert.equal(shop.world.script.dataset.endpoint, TAG.fallback);
  assert.equal(shop.world.sessionStorage["luxebrain-way"], TAG.fallback);
  shop.world.isBlocked = false;
  await shop.pass();
  assert.equal(shop.asked.at(-1), `${TAG.fallback}?key=pk_1`);
});

test("it stays on the direct way where that is open", async () => {
  const shop = open();
  shop.world.luxebrain.consent(true);
  shop.load();
  await shop.pass();
  assert.equal(shop.world.script.dataset.endpoint, TAG.endpoint);
  assert.deepEqual(shop.world.sessionStorage, {});
});
