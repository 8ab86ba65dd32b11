import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";
import { gzipSync } from "node:zlib";

const file = new URL("../../static/sdk/luxebrain.js", import.meta.url);
const code = readFileSync(file, "utf8");
const MOST_BYTES = 2048;

test("it weighs no more than two kilobytes, packed as it is served", () => {
  const size = gzipSync(code, { level: 9 }).length;
  assert.ok(size <= MOST_BYTES, `${size} bytes`);
});

test("it is the file of the npm package", () => {
  const packed = new URL("../../sdk/browser/luxebrain.js", import.meta.url);
  assert.equal(readFileSync(packed, "utf8"), code);
});

/** A browser's window as far as the tracker looks at it; sends nothing anywhere. */
function open({ body = "", search = "", navigator = {}, tag = {}, ...more } = {}) {
  const heard = {};
  const sent = [];
  const timers = [];
  const page = {
    currentScript: { dataset: { key: "pk_1", endpoint: "/track", ...tag } },
    readyState: "complete",
    referrer: "https://www.google.com/?q=secret",
    body: { className: body, innerHTML: "" },
    querySelectorAll: () => [],
  };
  const world = {
    document: page,
    localStorage: {},
    location: { search, origin: "https://shop.example", pathname: "/p/dress" },
    navigator: { sendBeacon: (_, text) => sent.push(JSON.parse(text)), ...navigator },
    addEventListener: (type, run) => {
      heard[type] ??= [];
      heard[type].push(run);
    },
    setTimeout: (run) => timers.push(run),
    clearTimeout: () => {},
    fetch: async (_, { body: text }) => {
      sent.push(JSON.parse(text));
      return { status: world.status ?? 200 };
    },
    crypto,
    URLSearchParams,
    ...more,
  };
  world.window = world;
  vm.runInNewContext(code, world);
  const tell = (type, event = {}) => {
    for (const run of heard[type] ?? []) run(event);
  };
  const pass = async () => {
    for (const run of timers.splice(0)) await run();
    await new Promise(setImmediate);
  };
  const waiting = () =>
    Object.keys(world.localStorage)
      .filter((name) => name.startsWith("luxe:"))
      .sort()
      .map((name) => JSON.parse(world.localStorage[name]));
  return { world, sent, tell, pass, waiting };
}

const types = (events) => events.map((event) => event.type);

test("it stores nothing until somebody says yes", () => {
  const { world, waiting } = open();
  assert.deepEqual(Object.keys(world.localStorage), []);
  world.luxebrain.consent(true);
  assert.deepEqual(types(waiting()), ["page_view"]);
});

test("it begins at once where the server knows of the yes", () => {
  assert.deepEqual(types(open({ tag: { agreed: "yes" } }).waiting()), ["page_view"]);
});

test("it knows a product, a category and a search of WooCommerce", () => {
  const tag = { agreed: "yes" };
  // What happens within one millisecond has no order.
  const of = (body, search) =>
    open({ body, search, tag })
      .waiting()
      .filter((event) => event.type !== "page_view");
  const [product] = of("product-template-default single single-product postid-15");
  assert.deepEqual([product.type, product.product], ["product_view", 15]);
  const [category] = of("archive tax-product_cat term-summer-2024 term-16 woocommerce");
  assert.deepEqual([category.type, category.category], ["category_view", "16"]);
  const [found] = of("search search-results woocommerce", "?s=2024&post_type=product");
  assert.deepEqual([found.type, found.query], ["search", "2024"]);
  assert.deepEqual(of("page woocommerce-cart"), []);
});

test("it keeps where a visit came from, and nothing else of the address", () => {
  const { waiting } = open({
    tag: { agreed: "yes" },
    search: "?utm_source=google&email=ada%40example.com",
  });
  assert.deepEqual(waiting()[0].context, {
    utm: { source: "google" },
    referrer: "https://www.google.com/",
    url: "https://shop.example/p/dress",
  });
});

test("it asks the WP Consent API once a type of consent is defined", () => {
  const { world, tell, waiting } = open({ wp_has_consent: () => true });
  assert.equal(world.localStorage.luxe, undefined);
  world.wp_consent_type = "optin";
  tell("wp_consent_type_defined");
  assert.deepEqual(types(waiting()), ["page_view"]);
  world.wp_has_consent = (category) => category !== "statistics";
  tell("wp_listen_for_consent_change");
  assert.deepEqual(Object.keys(world.localStorage), []);
});

test("it hears the IAB's framework: both purposes, or no law that asks", () => {
  const after = (said) =>
    open({ __tcfapi: (_, version, run) => version === 2 && run(said) }).waiting()
      .length;
  const asked = { gdprApplies: true };
  assert.equal(after({ ...asked, purpose: { consents: { 1: true, 8: true } } }), 1);
  assert.equal(after({ ...asked, purpose: { consents: { 1: true } } }), 0);
  assert.equal(after({ ...asked, purpose: { consents: {} } }), 0);
  assert.equal(after({ gdprApplies: false }), 1);
});

test("it obeys GPC always, and Do-Not-Track unless told otherwise", () => {
  const tag = { agreed: "yes" };
  const count = (navigator, more) =>
    open({ navigator, tag: { ...tag, ...more } }).waiting().length;
  assert.equal(count({ globalPrivacyControl: true }, { dnt: "ignore" }), 0);
  assert.equal(count({ doNotTrack: "1" }), 0);
  assert.equal(count({ doNotTrack: "1" }, { dnt: "ignore" }), 1);
  assert.equal(count({ doNotTrack: "0" }), 1);
  assert.equal(count({ doNotTrack: null }), 1);
});

test("it forgets what a visitor left behind who says no by now", () => {
  const localStorage = { luxe: '{"visitor":"v"}', "luxe:1": "{}", theme: "dark" };
  const { world } = open({ localStorage, navigator: { globalPrivacyControl: true } });
  assert.deepEqual(world.localStorage, { theme: "dark" });
});

for (const [status, left] of [
  [200, 0],
  [400, 0],
  [413, 0],
  [401, 1],
  [429, 1],
  [503, 1],
]) {
  test(`it keeps events after ${status}: ${left}`, async () => {
    const { pass, waiting } = open({ tag: { agreed: "yes" }, status });
    await pass();
    assert.equal(waiting().length, left);
  });
}

test("it sends the same ids again until it is heard", async () => {
  const { world, sent, pass } = open({ tag: { agreed: "yes" }, status: 503 });
  await pass();
  world.status = 200;
  await pass();
  await pass();
  assert.equal(sent.length, 2);
  assert.equal(sent[0].events[0].id, sent[1].events[0].id);
  assert.equal(sent[0].events[0].at, sent[1].events[0].at);
});

test("it keeps the newest sixty where nobody answers", () => {
  const { world, waiting } = open({ tag: { agreed: "yes" } });
  for (let n = 0; n < 70; n++) world.luxebrain.track("custom", { name: `n${n}` });
  assert.equal(waiting().length, 60);
});

test("it throws nothing into the page", () => {
  const { world } = open({ tag: { agreed: "yes" } });
  const round = {};
  round.round = round;
  world.luxebrain.track("custom", round);
  assert.equal(types(open().waiting()).length, 0);
});

test("it sends the customer's token with each batch", async () => {
  const { world, sent, pass } = open({ tag: { agreed: "yes" } });
  world.luxebrain.identify("v1.sk_1.42.9.ab");
  await pass();
  assert.equal(sent[0].customer_token, "v1.sk_1.42.9.ab");
});

test("it sends nothing under the token of who came after", async () => {
  const { world, sent, pass } = open({ tag: { agreed: "yes" } });
  world.luxebrain.identify("ada");
  world.luxebrain.reset();
  world.luxebrain.identify("cleo");
  await pass();
  assert.equal(sent[0].customer_token, "");
  // What happens within one millisecond has no order.
  await new Promise((go) => setTimeout(go, 5));
  world.luxebrain.track("login");
  await pass();
  assert.equal(sent[1].customer_token, "cleo");
});

test("it forgets the token with the visitor, and sends no null", async () => {
  for (const forget of [(luxe) => luxe.reset(), (luxe) => luxe.identify(null)]) {
    const { world, sent, pass } = open({ tag: { agreed: "yes" } });
    world.luxebrain.identify("ada");
    await pass();
    forget(world.luxebrain);
    world.luxebrain.track("login");
    await pass();
    assert.equal(sent[1].customer_token, "");
  }
});
