/** Where events go, and what is known of the visitor's choice. */
export interface Options {
  /** The store's publishable key. */
  key: string;
  /** For example https://brain.example/api/v1/events/track */
  endpoint: string;
  /** The visitor has agreed already, and the page's server knows it. */
  agreed?: boolean;
  /** "ignore" where Do-Not-Track shall not count. Global Privacy Control always does. */
  dnt?: "ignore";
  /** The tracker's address, where a bundler does not serve the file of this package. */
  src?: string;
}

export interface Item {
  product: number;
  variant?: number;
  quantity?: number;
  price?: number;
}

interface Money {
  /** Three capitals; the store's own where it is missing. */
  currency?: string;
}

interface About {
  product: number;
  variant?: number;
}

interface CartChange extends About, Money {
  quantity?: number;
  price?: number;
  placement?: string;
  decision?: string;
}

interface Message {
  channel: "email" | "sms" | "whatsapp" | "push";
  message?: string;
  campaign?: string;
  href?: string;
  token?: string;
}

/** What each type of event may say (docs/events.md). */
export interface Events {
  page_view: Record<string, never>;
  page_leave: { seconds: number; scroll?: number };
  product_view: About & Money & { price?: number; category?: string };
  category_view: { category: string | number; page?: number };
  search: { query: string; results?: number };
  click: { element: string; href?: string; x?: number; y?: number };
  add_to_cart: CartChange;
  remove_from_cart: CartChange;
  cart: Money & { items: Item[]; value?: number };
  checkout_start: Money & { items?: Item[]; value?: number };
  checkout_step: { step: string; number?: number };
  order: Money & { order: number; value: number; items?: Item[]; coupon?: string };
  recommendation_shown: { placement: string; products: number[]; decision?: string };
  recommendation_clicked: {
    placement: string;
    product: number;
    position?: number;
    decision?: string;
  };
  message_opened: Message;
  message_clicked: Message;
  wishlist: About & { action?: "add" | "remove" };
  review: About & { rating: 1 | 2 | 3 | 4 | 5 };
  login: Record<string, never>;
  rage_click: { element: string; clicks?: number };
  dead_click: { element: string; clicks?: number };
  form_error: { element: string; problem?: string };
  custom: {
    name: string;
    properties?: Record<string, string | number | boolean | null>;
  };
}

export function start(options: Options): HTMLScriptElement;
export function track<T extends keyof Events>(type: T, fields?: Events[T]): void;
export function consent(agreed: boolean): void;
export function identify(customerToken: string | null): void;
export function reset(): void;

export interface LuxeBrain {
  track: typeof track;
  consent: typeof consent;
  identify: typeof identify;
  reset: typeof reset;
  push(call: [name: string, ...given: unknown[]]): void;
}

declare global {
  interface Window {
    luxebrain?: LuxeBrain | [name: string, ...given: unknown[]][];
  }
}
