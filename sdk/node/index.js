// Tells LuxeBrain what happened in a shop. See README.md; the protocol is docs/events.md.

export { LuxeBrain } from "./lib/client.js";
export {
  ClosedError,
  DeliveryError,
  InvalidEventError,
  LuxeBrainError,
  QueueFullError,
} from "./lib/errors.js";
