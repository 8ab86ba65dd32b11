import assert from "node:assert/strict";
import { test } from "node:test";
import { choice, cookieFor, shouldAsk } from "../../static/demo/consent.js";

test("it reads the choice among other cookies", () => {
  assert.equal(choice("a=1; luxe_consent=all; b=2"), "all");
  assert.equal(choice("luxe_consent=none"), "none");
});

test("it takes silence and nonsense for no choice", () => {
  for (const cookies of ["", "a=1", "luxe_consent=", "luxe_consent=yes"]) {
    assert.equal(choice(cookies), "");
  }
  assert.equal(choice("not_luxe_consent=all"), "");
});

test("it writes a first-party cookie for the shop's pages only", () => {
  assert.equal(
    cookieFor("all", false),
    "luxe_consent=all; Max-Age=15552000; Path=/demo/; SameSite=Lax",
  );
  assert.match(cookieFor("none", true), /; Secure$/);
});

test("it asks once, and never a browser that says no by itself", () => {
  assert.equal(shouldAsk("", {}), true);
  assert.equal(shouldAsk("luxe_consent=none", {}), false);
  assert.equal(shouldAsk("", { globalPrivacyControl: true }), false);
});
