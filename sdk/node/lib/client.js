// The client: takes events at once, sends them in batches beside your code.

import { InvalidEventError, QueueFullError } from "./errors.js";
import { uuid7 } from "./ids.js";
import { Queue } from "./queue.js";
import { Sender } from "./sender.js";
import { Signer } from "./signing.js";
import { Wire } from "./wire.js";

const MOST_BYTES = 256 << 10;
// Milliseconds. index.d.ts says what each is for.
const DEFAULTS = {
  batchSize: 500,
  flushEvery: 1_000,
  maxQueue: 10_000,
  block: 5_000,
  timeout: 10_000,
  giveUpAfter: 300_000,
  closeWithin: 10_000,
};

export class LuxeBrain {
  #settings;
  #signer;
  #queue;
  #sender;
  #timer = null;
  #running = null;

  constructor(url, key, options = {}) {
    this.#settings = { ...DEFAULTS, ...options };
    const { batchSize, maxQueue, timeout, giveUpAfter } = this.#settings;
    if (!(batchSize >= 1 && batchSize <= 1000 && maxQueue >= 1)) {
      throw new RangeError("batchSize is 1 to 1000, and maxQueue 1 or more.");
    }
    this.#signer = new Signer(key);
    this.#queue = new Queue(maxQueue, batchSize);
    const wire = new Wire(url, this.#signer, timeout);
    this.#sender = new Sender(this.#queue, wire, giveUpAfter, options);
    everyone.add(this);
  }

  /** Queue one event and answer its id; throws where it cannot be taken. */
  track(type, fields = {}) {
    const { id = uuid7(), at = Date.now(), ...rest } = fields;
    const moment = at instanceof Date ? at.getTime() : at;
    this.#queue.put(encode({ type, id, at: moment, ...rest }));
    this.#wake();
    return id;
  }

  /** Like track(), but waits up to `block` for room. */
  async trackWhenRoom(type, fields = {}) {
    const deadline = performance.now() + this.#settings.block;
    for (;;) {
      try {
        return this.track(type, fields);
      } catch (error) {
        const left = deadline - performance.now();
        if (!(error instanceof QueueFullError) || left <= 0) {
          throw error;
        }
        await this.#queue.until(() => this.#hasRoom(), left);
      }
    }
  }

  get counts() {
    return { ...this.#queue.counts };
  }

  /** Send what was tracked until now. True: all of it is accepted, rejected or given up;
   * `counts` says which. False: `timeout` is over and some still waits. */
  flush(timeout = Number.POSITIVE_INFINITY) {
    const target = this.#queue.hurry();
    this.#wake();
    return this.#queue.until(() => this.#queue.settled >= target, timeout);
  }

  /** Send what is left; give up what cannot be sent in time. Then track() throws. */
  async close(within = this.#settings.closeWithin) {
    everyone.delete(this);
    this.#queue.close();
    if (!(await this.flush(within))) {
      this.#sender.end();
    }
    await this.#running;
  }

  /** For a page to say which customer is signed in: docs/events.md, Identity. */
  customerToken(customer, expires) {
    return this.#signer.token("customer", checked(customer), seconds(expires));
  }

  /** For the links of a mail (`?luxe=…`): says who opened it, signs nobody in. */
  emailToken(customer, expires) {
    return this.#signer.token("email", checked(customer), seconds(expires));
  }

  #hasRoom() {
    return !this.#queue.isOpen || this.#queue.counts.waiting < this.#queue.room;
  }

  #wake() {
    if (this.#running) {
      return;
    }
    if (this.#queue.isDue) {
      this.#running = this.#run();
    } else if (!this.#timer && !this.#queue.isEmpty) {
      // Does not keep Node running: its end sends what is left.
      this.#timer = setTimeout(() => this.#linger(), this.#settings.flushEvery).unref();
    }
  }

  #linger() {
    this.#timer = null;
    this.#queue.hurry();
    this.#wake();
  }

  async #run() {
    clearTimeout(this.#timer);
    this.#timer = null;
    while (this.#queue.isDue) {
      await this.#sender.deliver(this.#queue.cut());
    }
    this.#running = null;
    this.#wake();
  }
}

function checked(customer) {
  if (!Number.isSafeInteger(customer) || customer < 1) {
    throw new TypeError("A customer's id is a whole number from 1 to 2^53 - 1.");
  }
  return customer;
}

function seconds(moment) {
  const found = moment.getTime() / 1000;
  if (Number.isNaN(found)) {
    throw new TypeError("`expires` is no moment.");
  }
  return Math.floor(found);
}

function encode(event) {
  let line;
  try {
    line = JSON.stringify(event, (_name, value) => {
      if (typeof value === "number" && !Number.isFinite(value)) {
        throw new TypeError(`${value} is no number that can be sent`);
      }
      return value;
    });
  } catch (error) {
    throw new InvalidEventError(`The event is no JSON: ${error.message}`);
  }
  if (Buffer.byteLength(line) > MOST_BYTES) {
    throw new InvalidEventError(`The event is larger than ${MOST_BYTES} bytes.`);
  }
  return line;
}

const everyone = new Set();

// Node has nothing left to do, but events may still wait; unlike process.exit(), which
// comes past here: who calls it awaits close() first.
process.on("beforeExit", () => {
  for (const client of everyone) {
    if (client.counts.waiting > 0) {
      client.close();
    }
  }
});
