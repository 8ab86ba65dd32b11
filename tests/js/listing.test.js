import assert from "node:assert/strict";
import { test } from "node:test";
import { tidy } from "../../static/demo/listing.js";

test("it leaves empty fields out of the address", () => {
  const entries = [
    ["size", "S"],
    ["size", "M"],
    ["low", ""],
    ["sort", ""],
  ];
  assert.equal(tidy(entries), "size=S&size=M");
});

test("it escapes what a visitor types", () => {
  assert.equal(tidy([["q", "a&b=c"]]), "q=a%26b%3Dc");
});
