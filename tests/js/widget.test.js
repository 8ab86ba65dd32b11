import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";
import { gzipSync } from "node:zlib";

const file = new URL("../../wp-plugin/luxebrain/assets/widget.js", import.meta.url);
const code = readFileSync(file, "utf8");
const MOST_BYTES = 3072;
const EURO = {
  before: "€",
  after: "",
  decimals: 2,
  point: ".",
  thousands: ",",
  currency: "EUR",
};

/** Its parts, as outside a page, in the shop at https://shop.example. */
function parts() {
  const world = {
    document: {},
    module: {},
    location: new URL("https://shop.example/p/dress"),
    URL,
  };
  vm.runInNewContext(code, world);
  return world.module.exports;
}

test("it weighs less than three kilobytes, packed as it is served", () => {
  const size = gzipSync(code, { level: 9 }).length;
  assert.ok(size < MOST_BYTES, `${size} bytes`);
});

test("it writes prices the way the shop does", () => {
  const { money } = parts();
  const german = { ...EURO, before: "", after: " €", point: ",", thousands: "." };
  assert.equal(money("49.9", EURO), "€49.90");
  assert.equal(money("1299.5", EURO), "€1,299.50");
  assert.equal(money("1234567", german), "1.234.567,00 €");
  assert.equal(money("1234567.5", { ...EURO, decimals: 0 }), "€1,234,568");
  assert.equal(money("1000", { ...EURO, thousands: "" }), "€1000.00");
  assert.equal(money("1000", { ...EURO, thousands: "$&" }), "€1$&000.00");
});

test("it writes no price for what is none", () => {
  const { money } = parts();
  for (const amount of [
    null,
    undefined,
    "",
    "free",
    "-5",
    "1e9",
    "5<b>",
    {},
    "9".repeat(13),
  ]) {
    assert.equal(money(amount, EURO), "");
  }
});

test("it leads nowhere but into this shop", () => {
  const { address } = parts();
  assert.equal(
    address("https://shop.example/p/coat?a=1"),
    "https://shop.example/p/coat?a=1",
  );
  assert.equal(address("/sale"), "https://shop.example/sale");
  for (const url of [
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil.example/p",
    "https://shop.example.evil.example/",
    "https://evil.example/?https://shop.example/",
    "http://shop.example/",
    "https://shop.example:444/",
    "",
    null,
    undefined,
  ]) {
    assert.equal(address(url), "", String(url));
  }
});

test("it shows pictures from any https place", () => {
  const { address } = parts();
  assert.equal(address("https://cdn.example/a.jpg", 1), "https://cdn.example/a.jpg");
  for (const url of [
    "http://cdn.example/a.jpg",
    "javascript:alert(1)",
    "data:image/png,",
    "",
  ]) {
    assert.equal(address(url, 1), "", url);
  }
});
