import assert from "node:assert/strict";
import { test } from "node:test";
import { address, remember, viewedIn, visitorOf } from "../../static/demo/picks.js";

const holding = (value) => ({ getItem: () => value });

test("it knows the visitor from what the tracker keeps", () => {
  assert.equal(visitorOf({ luxe: '{"visitor": "v1"}' }), "v1");
  for (const luxe of [undefined, "", "no JSON", "{}"])
    assert.equal(visitorOf({ luxe }), "");
});

test("what is looked at comes first, once, and the oldest goes", () => {
  assert.deepEqual(remember([2, 1], 1), [1, 2]);
  assert.deepEqual(remember([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 11).length, 10);
});

test("it takes nonsense in the storage for nothing", () => {
  assert.deepEqual(viewedIn(holding("[3, 4]")), [3, 4]);
  for (const kept of [null, "", "{}", "[", '["<b>"]']) {
    assert.deepEqual(viewedIn(holding(kept)), []);
  }
});

test("it asks for this visitor", () => {
  assert.equal(
    address("/demo/picks/?a=1", "v 1", [3, 4]),
    "/demo/picks/?a=1&visitor=v+1&viewed=3%2C4",
  );
});
