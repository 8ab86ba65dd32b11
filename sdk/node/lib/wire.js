// Signs each attempt, sends it, reads the answer.

import { promisify } from "node:util";
import { gzip } from "node:zlib";

const pack = promisify(gzip);
const PATH = "/api/v1/events/track";
// Below this, packing costs more than it saves.
const GZIP_FROM = 4096;

export class Wire {
  // Added to our clock, it gives the server's: a signature counts for five minutes.
  clockOff = 0;

  constructor(url, signer, timeout) {
    const base = new URL(url);
    if (!["http:", "https:"].includes(base.protocol)) {
      throw new TypeError(`${url} is no address of a LuxeBrain.`);
    }
    this.signer = signer;
    this.timeout = timeout;
    this.path = base.pathname.replace(/\/+$/, "") + PATH;
    this.url = base.origin + this.path;
  }

  async send(text) {
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    let body = Buffer.from(text);
    if (body.length >= GZIP_FROM) {
      body = await pack(body);
      headers["Content-Encoding"] = "gzip";
    }
    const at = Math.floor((Date.now() + this.clockOff) / 1000);
    const response = await fetch(this.url, {
      method: "POST",
      headers: { ...headers, ...this.signer.headers("POST", this.path, at, body) },
      body,
      // A signature holds for one address; another one must not get it.
      redirect: "manual",
      signal: AbortSignal.timeout(this.timeout),
    });
    const answer = await response.text();
    return new Answer(response.status, response.headers, readJson(answer));
  }
}

export class Answer {
  constructor(status, headers, data) {
    this.status = status;
    this.headers = headers;
    this.data = data;
  }

  /** Milliseconds that the server asks for; 0 where it asks for none. */
  get retryAfter() {
    const value = this.headers.get("retry-after") ?? "";
    if (/^\d+$/.test(value)) {
      return Number(value) * 1000;
    }
    return Math.max(0, (Date.parse(value) || 0) - Date.now());
  }

  /** The server's clock, in milliseconds since 1970; NaN where it does not say. */
  get at() {
    return Date.parse(this.headers.get("date") ?? "");
  }

  /** A 200 that does not speak like LuxeBrain comes from something before it: to take it
   * for an answer would lose the events. */
  get mayHeal() {
    if (this.status === 200) {
      return typeof this.data?.accepted !== "number";
    }
    return [408, 425, 429, 500, 502, 503, 504].includes(this.status);
  }
}

function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
