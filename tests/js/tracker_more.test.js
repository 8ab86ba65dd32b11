import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const file = new URL("../../static/sdk/luxebrain-more.js", import.meta.url);
const code = readFileSync(file, "utf8");

/** The events that a page with this body tells of what happens on it. */
function happen(body, type, event) {
  const heard = {};
  const world = {
    document: {
      body: { className: body },
      documentElement: { scrollWidth: 1000, scrollHeight: 4000 },
      readyState: "complete",
    },
    addEventListener: (name, run) => {
      heard[name] = run;
    },
  };
  world.window = world;
  vm.runInNewContext(code, world);
  if (type) heard[type](event);
  return JSON.parse(JSON.stringify(world.luxebrain ?? []));
}

const link = {
  localName: "a",
  id: "go",
  classList: "button",
  href: "https://shop.example/cart/?remove_item=1#top",
  closest: () => link,
};

test("it tells where a control was pressed, without the link's query", () => {
  const event = { target: link, pageX: 250, pageY: 3000 };
  assert.deepEqual(happen("home", "click", event), [
    [
      "track",
      "click",
      { element: "a#go.button", href: "https://shop.example/cart/", x: 0.25, y: 0.75 },
    ],
  ]);
});

test("it tells nothing of a click beside all controls", () => {
  assert.deepEqual(happen("home", "click", { target: { closest: () => null } }), []);
});

test("it names what is wrong with a field, never what was typed", () => {
  const validity = { valueMissing: false, typeMismatch: true, valid: false };
  const target = { localName: "input", id: "email", classList: "", validity };
  assert.deepEqual(happen("checkout", "invalid", { target }), [
    ["track", "form_error", { element: "input#email.", problem: "typeMismatch" }],
  ]);
});

test("it knows WooCommerce's checkout from the page that says thanks", () => {
  const page = "page woocommerce-checkout woocommerce-page";
  assert.deepEqual(happen(page), [["track", "checkout_start", {}]]);
  assert.deepEqual(happen(`${page} woocommerce-order-received`), []);
});
