// The Node client at a door that misbehaves. Run by tests/sdk/test_node.py.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { LuxeBrain } from "../../sdk/node/index.js";

const KEY = "sk_a1B2c3D4e5F6_0123456789abcdefghijklmnopqrstuv";
const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NONE = {
  tracked: 0,
  waiting: 0,
  accepted: 0,
  rejected: 0,
  failed: 0,
  retries: 0,
};

const accept = (batch) => [200, { accepted: batch.events.length, rejected: [] }];
const say =
  (status, data = {}, headers = {}) =>
  () => [status, data, headers];
const cut = () => [0];

/** Writes down each batch; `steps` answer one each, then `usual` answers all. */
async function open(t, { steps = [], usual = accept, ...options } = {}) {
  const door = { requests: [], batches: [], hold: Promise.resolve() };
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) {
      parts.push(part);
    }
    const body = Buffer.concat(parts);
    const isPacked = request.headers["content-encoding"] === "gzip";
    const batch = JSON.parse(isPacked ? gunzipSync(body) : body);
    door.requests.push(request);
    door.batches.push(batch);
    await door.hold;
    const [status, data, headers] = (steps.shift() ?? usual)(batch);
    if (status === 0) {
      request.socket.destroy();
      return;
    }
    response.sendDate = false;
    response.writeHead(status, headers).end(JSON.stringify(data));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}`;
  door.luxe = new LuxeBrain(url, KEY, { flushEvery: 30_000, ...options });
  t.after(async () => {
    await door.luxe.close(0);
    server.closeAllConnections();
    server.close();
  });
  door.ids = () => door.batches.map(({ events }) => events.map(({ id }) => id));
  return door;
}

test("it sends what was tracked in full batches and in order", async (t) => {
  const door = await open(t);
  const ids = Array.from({ length: 1_200 }, (_, n) =>
    door.luxe.track("search", { query: `dress ${n}` }),
  );
  assert.equal(await door.luxe.flush(10_000), true);
  assert.deepEqual(
    door.ids().map(({ length }) => length),
    [500, 500, 200],
  );
  assert.deepEqual(door.ids().flat(), ids);
  assert.ok(new Set(ids).size === 1_200 && ids.every((id) => V7.test(id)));
  assert.deepEqual(door.luxe.counts, { ...NONE, tracked: 1_200, accepted: 1_200 });
  assert.equal(door.requests[0].headers["content-encoding"], "gzip");
});

test("it sends an event as the protocol writes it", async (t) => {
  const door = await open(t);
  const at = new Date("2026-01-01T00:00:00Z");
  const id = "0197a1b2-0000-7000-8000-000000000001";
  door.luxe.track("login", { customer: 42, at, id });
  await door.luxe.flush();
  assert.deepEqual(door.batches[0].events, [
    { type: "login", id, at: 1_767_225_600_000, customer: 42 },
  ]);
  assert.ok(Math.abs(door.batches[0].sent_at - Date.now()) < 5_000);
  assert.equal(door.requests[0].url, "/api/v1/events/track");
});

test("a batch goes by itself after a while", async (t) => {
  const door = await open(t, { flushEvery: 20 });
  door.luxe.track("page_view");
  while (door.luxe.counts.accepted < 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(door.batches.length, 1);
});

for (const [name, trouble] of [
  ["a cut line", cut],
  ["503", say(503)],
  ["429", say(429)],
  ["a page that is no answer", say(200, "<p>")],
]) {
  test(`it tries again with the same ids after ${name}`, async (t) => {
    const door = await open(t, { steps: [trouble] });
    const ids = [door.luxe.track("page_view"), door.luxe.track("login")];
    assert.equal(await door.luxe.flush(10_000), true);
    assert.deepEqual(door.ids(), [ids, ids]);
    const nonces = door.requests.map(({ headers }) => headers["luxebrain-nonce"]);
    assert.notEqual(nonces[0], nonces[1]);
    const counts = { ...NONE, tracked: 2, accepted: 2, retries: 1 };
    assert.deepEqual(door.luxe.counts, counts);
  });
}

test("it waits as long as it is asked to", async (t) => {
  const door = await open(t, { steps: [say(429, {}, { "Retry-After": "2" })] });
  door.luxe.track("page_view");
  const started = performance.now();
  assert.equal(await door.luxe.flush(10_000), true);
  assert.ok(performance.now() - started > 2_000);
});

test("it gives up and hands the events back", async (t) => {
  const failed = [];
  const door = await open(t, {
    usual: say(503),
    giveUpAfter: 200,
    onFailed: (...given) => failed.push(given),
  });
  const id = door.luxe.track("search", { query: "linen" });
  assert.equal(await door.luxe.flush(10_000), true);
  const [[events, error]] = failed;
  assert.deepEqual([events[0].id, events[0].query], [id, "linen"]);
  assert.deepEqual([error.name, error.status], ["DeliveryError", 503]);
  assert.equal(door.luxe.counts.failed, 1);
});

test("it tells which events were rejected and why", async (t) => {
  const rejected = [];
  const why = { index: 1, code: "invalid", message: "No query." };
  const door = await open(t, {
    steps: [say(200, { accepted: 1, rejected: [why] }), say(400, { rejected: [why] })],
    onRejected: (found) => rejected.push(...found),
  });
  for (let round = 0; round < 2; round += 1) {
    door.luxe.track("page_view");
    const id = door.luxe.track("page_view");
    assert.equal(await door.luxe.flush(10_000), true);
    const { event, ...rest } = rejected[round];
    assert.deepEqual(rest, why);
    assert.equal(event.id, id);
  }
  assert.deepEqual(door.luxe.counts, { ...NONE, tracked: 4, accepted: 2, rejected: 2 });
});

test("a callback that fails stops nothing", async (t) => {
  t.mock.method(console, "error", () => {});
  const onFailed = () => {
    throw new Error("no");
  };
  const door = await open(t, { steps: [say(404)], onFailed });
  for (let round = 0; round < 2; round += 1) {
    door.luxe.track("page_view");
    assert.equal(await door.luxe.flush(10_000), true);
  }
  assert.deepEqual(door.luxe.counts, { ...NONE, tracked: 2, accepted: 1, failed: 1 });
});

test("a full queue refuses, or waits for room", async (t) => {
  const door = await open(t, { maxQueue: 2, block: 100 });
  let release;
  door.hold = new Promise((resolve) => {
    release = resolve;
  });
  door.luxe.track("page_view");
  door.luxe.track("page_view");
  assert.throws(() => door.luxe.track("page_view"), { name: "QueueFullError" });
  const late = door.luxe.trackWhenRoom("page_view");
  await assert.rejects(late, { name: "QueueFullError" });
  const inTime = door.luxe.trackWhenRoom("page_view");
  release();
  assert.match(await inTime, V7);
  assert.equal(await door.luxe.flush(10_000), true);
  assert.deepEqual(door.luxe.counts, { ...NONE, tracked: 3, accepted: 3 });
});

test("closing gives up what cannot be sent in time", async (t) => {
  const failed = [];
  const door = await open(t, {
    usual: say(503, {}, { "Retry-After": "60" }),
    onFailed: (events) => failed.push(...events.map(({ id }) => id)),
  });
  const ids = Array.from({ length: 700 }, () => door.luxe.track("page_view"));
  await door.luxe.close(200);
  assert.deepEqual(failed, ids);
  assert.throws(() => door.luxe.track("page_view"), { name: "ClosedError" });
  assert.deepEqual(door.luxe.counts, { ...NONE, tracked: 700, failed: 700 });
});

test("a batch that is too large goes in halves", async (t) => {
  const door = await open(t, { steps: [say(413)] });
  const ids = Array.from({ length: 5 }, () => door.luxe.track("page_view"));
  assert.equal(await door.luxe.flush(10_000), true);
  assert.deepEqual(door.ids(), [ids, ids.slice(0, 2), ids.slice(2)]);
});

test("a wrong clock is put right for signing", async (t) => {
  const ahead = Date.now() + 3_600_000;
  const date = new Date(ahead).toUTCString();
  const door = await open(t, { steps: [say(401, {}, { Date: date })] });
  door.luxe.track("page_view");
  assert.equal(await door.luxe.flush(10_000), true);
  const at = Number(door.requests[1].headers["luxebrain-timestamp"]) * 1000;
  assert.ok(Math.abs(at - ahead) < 5_000);
});

test("what cannot be sent is refused at once", async (t) => {
  const { luxe } = await open(t);
  const ring = {};
  ring.ring = ring;
  for (const query of [Number.NaN, 1n, ring, "x".repeat(300_000)]) {
    assert.throws(() => luxe.track("search", { query }), { name: "InvalidEventError" });
  }
  assert.deepEqual(luxe.counts, NONE);
});

test("it wants an address and a secret key", () => {
  assert.throws(() => new LuxeBrain("https://brain.example", "pk_abc"), TypeError);
  assert.throws(() => new LuxeBrain("brain.example", KEY), TypeError);
  assert.throws(() => new LuxeBrain("ftp://brain.example", KEY), TypeError);
});
