/** What each type of event may say: docs/events.md, as types. Ids are the shop's. */

export type Channel = "email" | "sms" | "whatsapp" | "push";

/** The visitor's page, not the server's. */
export interface Context {
  url?: string;
  referrer?: string;
  title?: string;
  language?: string;
  screen?: string;
  zone?: string;
  utm?: {
    source?: string;
    medium?: string;
    campaign?: string;
    term?: string;
    content?: string;
  };
}

export interface Item {
  product: number;
  variant?: number;
  quantity?: number;
  price?: number;
}

/** What every event may say. */
export interface Common {
  /** Made by track() where missing; the same id is the same event. */
  id?: string;
  /** Milliseconds since 1970, or a Date; now where missing. */
  at?: number | Date;
  visitor?: string;
  session?: string;
  customer?: number;
  context?: Context;
}

interface Priced {
  price?: number;
  currency?: string;
}

interface CartChange extends Common, Priced {
  product: number;
  variant?: number;
  quantity?: number;
  placement?: string;
  decision?: string;
}

interface Message extends Common {
  channel: Channel;
  message?: string;
  campaign?: string;
  href?: string;
  token?: string;
}

interface Frustration extends Common {
  element: string;
  clicks?: number;
}

/** The fields of each type of event. */
export interface Events {
  page_view: Common;
  page_leave: Common & { seconds: number; scroll?: number };
  product_view: Common &
    Priced & { product: number; variant?: number; category?: string };
  category_view: Common & { category: string | number; page?: number };
  search: Common & { query: string; results?: number };
  click: Common & { element: string; href?: string; x?: number; y?: number };
  add_to_cart: CartChange;
  remove_from_cart: CartChange;
  cart: Common & { items: Item[]; value?: number; currency?: string };
  checkout_start: Common & { value?: number; currency?: string; items?: Item[] };
  checkout_step: Common & { step: string; number?: number };
  order: Common & {
    order: number;
    value: number;
    currency?: string;
    items?: Item[];
    coupon?: string;
  };
  recommendation_shown: Common & {
    placement: string;
    products: number[];
    decision?: string;
  };
  recommendation_clicked: Common & {
    placement: string;
    product: number;
    position?: number;
    decision?: string;
  };
  message_sent: Message;
  message_opened: Message;
  message_clicked: Message;
  wishlist: Common & { product: number; variant?: number; action?: "add" | "remove" };
  review: Common & { product: number; variant?: number; rating: 1 | 2 | 3 | 4 | 5 };
  login: Common;
  rage_click: Frustration;
  dead_click: Frustration;
  form_error: Common & { element: string; problem?: string };
  custom: Common & {
    name: string;
    properties?: Record<string, string | number | boolean | null>;
  };
}

export type EventType = keyof Events;

/** One event, told apart by its `type`. */
export type AnyEvent = { [T in EventType]: { type: T } & Events[T] }[EventType];

/** An event that the server read and does not want; sending it again is useless. */
export interface Rejection {
  index: number;
  code: string;
  message: string;
  event: AnyEvent;
}

/** tracked = waiting + accepted + rejected + failed, always. */
export interface Counts {
  tracked: number;
  waiting: number;
  accepted: number;
  rejected: number;
  failed: number;
  retries: number;
}

/** Durations in milliseconds. */
export interface Options {
  /** 1 to 1000. A batch goes when it is full … (500) */
  batchSize?: number;
  /** … or when its oldest event has waited so long. (1,000) */
  flushEvery?: number;
  /** Events that wait or are being sent. When full, track() throws. (10,000) */
  maxQueue?: number;
  /** How long trackWhenRoom() waits for room. (5,000) */
  block?: number;
  /** Of one request. (10,000) */
  timeout?: number;
  /** Of one batch with all its retries. (300,000) */
  giveUpAfter?: number;
  /** How long close() and the end of Node may take to send what is left. (10,000) */
  closeWithin?: number;
  onRejected?: (rejections: Rejection[]) => void;
  onFailed?: (events: AnyEvent[], error: DeliveryError) => void;
}

type Fields<T extends EventType> = object extends Events[T]
  ? [fields?: Events[T]]
  : [fields: Events[T]];

/** One shop, by its secret key. */
export class LuxeBrain {
  constructor(url: string, key: string, options?: Options);
  /** Queue one event and answer its id; throws where it cannot be taken. */
  track<T extends EventType>(type: T, ...fields: Fields<T>): string;
  /** Like track(), but waits up to `block` for room. */
  trackWhenRoom<T extends EventType>(type: T, ...fields: Fields<T>): Promise<string>;
  readonly counts: Counts;
  /** True: all that was tracked is accepted, rejected or given up; `counts` says which. */
  flush(timeout?: number): Promise<boolean>;
  /** Send what is left; give up what cannot be sent in time. Then track() throws. */
  close(within?: number): Promise<void>;
  /** For a page to say which customer is signed in. */
  customerToken(customer: number, expires: Date): string;
  /** For the links of a mail (`?luxe=…`): says who opened it, signs nobody in. */
  emailToken(customer: number, expires: Date): string;
}

export class LuxeBrainError extends Error {}
export class InvalidEventError extends LuxeBrainError {}
export class QueueFullError extends LuxeBrainError {}
export class ClosedError extends LuxeBrainError {}
export class DeliveryError extends LuxeBrainError {
  readonly status: number | null;
}
