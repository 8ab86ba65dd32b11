// Events that wait for their batch: bounded, in order, counted, never dropped.

import { ClosedError, QueueFullError } from "./errors.js";

// Half of what the server takes, so that what surrounds the events fits as well.
const BATCH_BYTES = 1 << 20;

export class Queue {
  /** tracked = waiting + accepted + rejected + failed, always. */
  counts = { tracked: 0, waiting: 0, accepted: 0, rejected: 0, failed: 0, retries: 0 };
  isOpen = true;
  #lines = [];
  // Everything tracked before this count is to go without lingering.
  #rush = 0;
  #waiters = new Set();

  constructor(room, batch) {
    this.room = room;
    // A batch that never fits would wait, and all who track with it.
    this.batch = Math.min(batch, room);
  }

  put(line) {
    if (!this.isOpen) {
      throw new ClosedError("This client was closed.");
    }
    if (this.counts.waiting >= this.room) {
      throw new QueueFullError(`${this.room} events are waiting already.`);
    }
    this.#lines.push(line);
    this.counts.tracked += 1;
    this.counts.waiting += 1;
  }

  /** Whether a batch is to go, when its oldest event has not lingered yet. */
  get isDue() {
    const { length } = this.#lines;
    const hurried = this.counts.tracked - length < this.#rush;
    return length > 0 && (!this.isOpen || hurried || length >= this.batch);
  }

  get isEmpty() {
    return this.#lines.length === 0;
  }

  /** All of what waits now goes without lingering; answers how many that were ever. */
  hurry() {
    this.#rush = this.counts.tracked;
    return this.#rush;
  }

  cut() {
    let count = 0;
    let size = 0;
    while (count < Math.min(this.batch, this.#lines.length)) {
      size += Buffer.byteLength(this.#lines[count]);
      if (count > 0 && size > BATCH_BYTES) {
        break;
      }
      count += 1;
    }
    return this.#lines.splice(0, count);
  }

  settle({ accepted = 0, rejected = 0, failed = 0 }) {
    this.counts.accepted += accepted;
    this.counts.rejected += rejected;
    this.counts.failed += failed;
    this.counts.waiting -= accepted + rejected + failed;
    this.#tell();
  }

  close() {
    this.isOpen = false;
    this.#tell();
  }

  #tell() {
    for (const waiter of [...this.#waiters]) {
      waiter();
    }
  }

  get settled() {
    return this.counts.tracked - this.counts.waiting;
  }

  /** True once `isTrue` is; false after `timeout` milliseconds. Keeps Node running. */
  until(isTrue, timeout) {
    if (isTrue()) {
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const end = (answer) => {
        clearTimeout(timer);
        this.#waiters.delete(look);
        resolve(answer);
      };
      const look = () => isTrue() && end(true);
      const timer = setTimeout(() => end(isTrue()), Math.min(timeout, 2 ** 31 - 1));
      this.#waiters.add(look);
    });
  }
}
