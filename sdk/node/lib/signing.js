// How a server shows that it holds the secret key, which itself never travels.

import { createHash, createHmac, randomBytes } from "node:crypto";

const KEY = /^(sk_[A-Za-z0-9]+)_[A-Za-z0-9]+$/;

/** Holds what is derived from the secret key, and its public part; not the key. */
export class Signer {
  #signingKey;

  constructor(key) {
    const found = KEY.exec(key);
    if (!found) {
      throw new TypeError("A server needs a secret key: sk_…_….");
    }
    this.publicPart = found[1];
    this.#signingKey = createHmac("sha256", key)
      .update("luxebrain-signing-v1")
      .digest();
  }

  sign(text) {
    return createHmac("sha256", this.#signingKey).update(text).digest("hex");
  }

  /** What is signed. `path` with its query, and `body`, as they go over the wire. */
  canonical(method, path, timestamp, nonce, body) {
    const digest = createHash("sha256").update(body).digest("hex");
    return [method, path, timestamp, nonce, digest].join("\n");
  }

  /** A nonce counts once, so each attempt needs headers of its own. */
  headers(method, path, timestamp, body) {
    const nonce = randomBytes(16).toString("base64url");
    return {
      "LuxeBrain-Key": this.publicPart,
      "LuxeBrain-Timestamp": String(timestamp),
      "LuxeBrain-Nonce": nonce,
      "LuxeBrain-Signature": this.sign(
        this.canonical(method, path, timestamp, nonce, body),
      ),
    };
  }

  /** `expires` in seconds since 1970. */
  token(purpose, customer, expires) {
    const text = `v1.${this.publicPart}.${customer}.${expires}`;
    return `${text}.${this.sign(`luxebrain-${purpose}-v1\n${text}`)}`;
  }
}
