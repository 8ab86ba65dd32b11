// Sends batches one after another until each event is accepted, rejected or given up.

import { DeliveryError } from "./errors.js";

const TOO_LARGE = 413;
const CLOCKS_DIFFER = 30_000;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;

export class Sender {
  // The server asked to be left alone until then.
  #quietUntil = 0;
  #wakeUp = () => {};
  #isOver = false;

  constructor(queue, wire, patience, { onRejected, onFailed }) {
    this.queue = queue;
    this.wire = wire;
    this.patience = patience;
    this.onRejected = onRejected;
    this.onFailed = onFailed;
  }

  /** Waiting any longer is over: what is left is given up. */
  end() {
    this.#isOver = true;
    this.#wakeUp();
  }

  async deliver(lines) {
    const deadline = performance.now() + this.patience;
    let error = new DeliveryError("There was no time left to send.");
    for (let attempt = 1; await this.#wait(deadline); attempt += 1) {
      this.queue.counts.retries += attempt > 1 ? 1 : 0;
      try {
        const answer = await this.wire.send(bodyOf(lines));
        if (!answer.mayHeal && !this.#setClock(answer)) {
          return this.#settle(lines, answer);
        }
        const text = `LuxeBrain answered ${answer.status}.`;
        error = new DeliveryError(text, answer.status);
        this.#pause(attempt, answer.retryAfter);
      } catch (trouble) {
        const text = `LuxeBrain does not answer: ${trouble.cause?.code ?? trouble.message}`;
        error = new DeliveryError(text);
        this.#pause(attempt, 0);
      }
    }
    this.#giveUp(lines, error);
  }

  /** Until the server may be asked; false where that is later than we wait. */
  async #wait(deadline) {
    const pause = Math.min(this.#quietUntil, deadline) - performance.now();
    if (pause > 0 && !this.#isOver) {
      await new Promise((resolve) => {
        this.#wakeUp = resolve;
        // Does not keep Node running: flush(), close() and its end do.
        setTimeout(resolve, pause).unref();
      });
    }
    return !this.#isOver && performance.now() < deadline;
  }

  /** Twice as long each time; the chance in it keeps many servers from one beat. */
  #pause(attempt, asked) {
    const own = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(attempt - 1, 10));
    this.#quietUntil = performance.now() + asked + own * (0.5 + Math.random() / 2);
  }

  /** True where a 401 may come from our clock alone, which is put right for it. */
  #setClock(answer) {
    if (answer.status !== 401 || Number.isNaN(answer.at)) {
      return false;
    }
    const off = answer.at - Date.now();
    if (Math.abs(off - this.wire.clockOff) <= CLOCKS_DIFFER) {
      return false;
    }
    this.wire.clockOff = off;
    return true;
  }

  async #settle(lines, answer) {
    if (answer.status === TOO_LARGE && lines.length > 1) {
      const half = lines.length >> 1;
      await this.deliver(lines.slice(0, half));
      await this.deliver(lines.slice(half));
      return;
    }
    const rejections = readRejections(lines, answer);
    if (answer.status !== 200 && rejections.length === 0) {
      const title = answer.data?.title ?? "no reason given";
      const text = `LuxeBrain answered ${answer.status}: ${title}`;
      this.#giveUp(lines, new DeliveryError(text, answer.status));
      return;
    }
    if (rejections.length > 0) {
      const first = rejections[0].message;
      tell(this.onRejected, [rejections], `${rejections.length} rejected: ${first}`);
    }
    const rejected = rejections.length;
    this.queue.settle({ accepted: lines.length - rejected, rejected });
  }

  #giveUp(lines, error) {
    const events = lines.map((line) => JSON.parse(line));
    tell(this.onFailed, [events, error], `${lines.length} given up: ${error.message}`);
    this.queue.settle({ failed: lines.length });
  }
}

/** A callback that throws must not stop the sending. */
function tell(callback, values, words) {
  if (!callback) {
    console.warn(`LuxeBrain: events ${words}`);
    return;
  }
  try {
    callback(...values);
  } catch (error) {
    console.error("LuxeBrain: a callback failed", error);
  }
}

/** `sent_at` is of each attempt: the server measures our clock by it. */
function bodyOf(lines) {
  return `{"sent_at":${Date.now()},"events":[${lines.join(",")}]}`;
}

function readRejections(lines, answer) {
  const found = answer.data?.rejected;
  if (![200, 400].includes(answer.status) || !Array.isArray(found)) {
    return [];
  }
  const byIndex = new Map(found.map((each) => [each?.index, each]));
  return lines.flatMap((line, index) => {
    const each = byIndex.get(index);
    if (!each) {
      return [];
    }
    const { code = "", message = "" } = each;
    return [{ index, code, message, event: JSON.parse(line) }];
  });
}
