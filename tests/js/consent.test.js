import assert from "node:assert/strict";
import { test } from "node:test";
import {
  choice,
  cookieFor,
  mayKnow,
  shouldAsk,
  visitorOf,
} from "../../static/demo/consent.js";

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

test("it knows the visitor that the tracker keeps, or makes one for it", () => {
  assert.equal(visitorOf({ luxe: '{"visitor": "v1"}' }), "v1");
  const storage = {};
  assert.equal(
    visitorOf(storage, () => "v2"),
    "v2",
  );
  assert.equal(storage.luxe, '{"visitor":"v2"}');
});

test("it knows nobody where nothing can be kept", () => {
  const shut = {
    get luxe() {
      throw new Error("blocked");
    },
  };
  for (const storage of [shut, { luxe: "no JSON" }, { luxe: "{}" }]) {
    assert.equal(
      visitorOf(storage, () => "v1"),
      "",
    );
  }
});

test("a browser that says no by itself is believed, whatever was chosen", () => {
  assert.equal(mayKnow({}), true);
  assert.equal(mayKnow({ doNotTrack: "0" }), true);
  for (const said of [{ globalPrivacyControl: true }, { doNotTrack: "1" }])
    assert.equal(mayKnow(said), false);
});
