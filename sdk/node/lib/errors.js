// What can go wrong, by name.

export class LuxeBrainError extends Error {
  get name() {
    return this.constructor.name;
  }
}

/** The event cannot be sent as it is: no JSON, or too large. */
export class InvalidEventError extends LuxeBrainError {}

/** The event was NOT taken: there was no room, and none came in time. */
export class QueueFullError extends LuxeBrainError {}

/** The event was NOT taken: this client was closed. */
export class ClosedError extends LuxeBrainError {}

/** Why events were given up; `status` is null where no answer came. */
export class DeliveryError extends LuxeBrainError {
  constructor(message, status = null) {
    super(message);
    this.status = status;
  }
}
