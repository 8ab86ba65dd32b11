import assert from "node:assert/strict";
import { test } from "node:test";
import {
  nextPicture,
  pictureAt,
  sameSize,
  stockLine,
} from "../../static/demo/product.js";

test("it turns pictures by arrows, around the ends", () => {
  assert.equal(nextPicture("ArrowRight", 0, 3, false), 1);
  assert.equal(nextPicture("ArrowRight", 2, 3, false), 0);
  assert.equal(nextPicture("ArrowLeft", 0, 3, false), 2);
  assert.equal(nextPicture("Home", 2, 3, false), 0);
  assert.equal(nextPicture("End", 0, 3, false), 2);
});

test("it turns the arrows round in right-to-left pages", () => {
  assert.equal(nextPicture("ArrowLeft", 0, 3, true), 1);
  assert.equal(nextPicture("ArrowRight", 0, 3, true), 2);
});

test("it leaves other keys alone", () => {
  assert.equal(nextPicture("Tab", 1, 3, false), null);
});

test("it knows which picture is in view, in both directions", () => {
  assert.equal(pictureAt(0, 400, 3), 0);
  assert.equal(pictureAt(390, 400, 3), 1);
  assert.equal(pictureAt(-800, 400, 3), 2);
  assert.equal(pictureAt(9999, 400, 3), 2);
  assert.equal(pictureAt(0, 0, 3), 0);
});

test("it warns of few pieces and of none", () => {
  assert.deepEqual(stockLine("In stock", 9), { text: "In stock", className: "stock" });
  assert.equal(stockLine("Only 3 left", 3).className, "stock is-low");
  assert.equal(stockLine("Sold out", 0).className, "stock is-out");
});

test("it keeps the size in another color only if it is there", () => {
  const sizes = [
    { label: "S", value: "1", left: 0 },
    { label: "M", value: "2", left: 4 },
  ];
  assert.equal(sameSize("M", sizes), "2");
  assert.equal(sameSize("S", sizes), null);
  assert.equal(sameSize(undefined, sizes), null);
});
