import { randomBytes } from "node:crypto";

/** A UUID of version 7 (RFC 9562, section 5.7): in the order of time, then random. */
export function uuid7() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const text = bytes.toString("hex");
  return [8, 12, 16, 20, 32]
    .map((end, i) => text.slice([0, 8, 12, 16, 20][i], end))
    .join("-");
}
