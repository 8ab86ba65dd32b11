import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const file = new URL("../../wp-plugin/luxebrain/assets/picture.js", import.meta.url);
const world = {
  document: {},
  module: {},
  location: new URL("https://shop.example/search"),
  URL,
};
vm.runInNewContext(readFileSync(file, "utf8"), world);
const { address, fitted, money, reasonOf } = world.module.exports;

test("a photo is made small, and a small one is left as it is", () => {
  assert.deepEqual([...fitted(4032, 3024)], [512, 384]);
  assert.deepEqual([...fitted(100, 60)], [100, 60]);
  assert.deepEqual([...fitted(9000, 3)], [512, 1]);
});

test("it names a reason for each refusal", () => {
  assert.deepEqual([400, 413, 415].map(reasonOf), Array(3).fill("refused"));
  assert.equal(reasonOf(429), "busy");
  assert.deepEqual(
    [401, 404, 500, new Error("network")].map(reasonOf),
    Array(4).fill("away"),
  );
});

test("addresses lead to this shop, pictures may lie elsewhere", () => {
  assert.equal(address("/p/a"), "https://shop.example/p/a");
  assert.equal(address("https://evil.example/"), "");
  assert.equal(address("javascript:alert(1)"), "");
  assert.equal(address("https://cdn.example/a.jpg", true), "https://cdn.example/a.jpg");
  assert.equal(address("data:image/svg+xml,x", true), "");
});

test("prices are written as the shop does", () => {
  const german = { before: "", after: " €", decimals: 2, point: ",", thousands: "." };
  assert.equal(money("1299.5", german), "1.299,50 €");
  assert.equal(money("1e9", german), "");
});
