import assert from "node:assert/strict";
import { test } from "node:test";
import { canStep, clamp } from "../../static/demo/cart.js";

test("it keeps a quantity within bounds", () => {
  assert.equal(clamp("3", 1, 5), 3);
  assert.equal(clamp("0", 1, 5), 1);
  assert.equal(clamp("-7", 1, 5), 1);
  assert.equal(clamp("1e9", 1, 5), 5);
  assert.equal(clamp("2.9", 1, 5), 2);
});

test("it takes the least for what is no number", () => {
  for (const value of ["", "abc", "NaN", undefined, "Infinity"]) {
    assert.equal(clamp(value, 1, 5), 1);
  }
});

test("it knows when a step goes nowhere", () => {
  assert.equal(canStep(1, -1, 1, 5), false);
  assert.equal(canStep(5, 1, 1, 5), false);
  assert.equal(canStep(2, 1, 1, 5), true);
});
