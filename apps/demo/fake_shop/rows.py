"""What the shop keeps: compact rows, so that 100,000 orders fit; payloads come on demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
# (key, value), numbered when shown.
Meta: TypeAlias = tuple[tuple[str, Any], ...]

ADDRESS = (
    "first_name", "last_name", "company", "address_1", "address_2",
    "city", "state", "postcode", "country", "email", "phone",
)  # fmt: skip
Address: TypeAlias = tuple[str, ...]
NOWHERE: Address = ("",) * len(ADDRESS)


@dataclass(slots=True)
class Term:
    id: int
    name: str
    slug: str
    parent: int = 0  # of a category; of an attribute's term, the attribute
    description: str = ""


@dataclass(slots=True)
class Attribute:
    id: int
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Axis:
    """An attribute on a product; `options` of a variation hold one."""

    id: int
    name: str
    slug: str
    options: tuple[str, ...]
    variation: bool


@dataclass(slots=True)
class Product:
    """Variations too: both are posts, and share their ids."""

    id: int
    type: str
    name: str
    slug: str
    created: int
    modified: int
    parent: int = 0
    status: str = "publish"
    sku: str = ""
    regular: str = ""
    sale: str = ""
    price: str = ""  # as last saved: a scheduled sale waits for cron
    sale_from: int | None = None
    sale_to: int | None = None
    is_managed: bool = False
    stock: int | None = None
    stock_status: str = "instock"
    total_sales: int = 0
    tax_class: str = ""
    is_virtual: bool = False
    is_downloadable: bool = False
    categories: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()
    images: tuple[tuple[int, str], ...] = ()  # (id, file name or address)
    axes: tuple[Axis, ...] = ()
    children: tuple[int, ...] = ()
    meta: tuple[tuple[int, str, Any], ...] = ()
    before_trash: str = ""
    extra: Json | None = None  # whatever else was written, by its payload key


@dataclass(slots=True)
class Customer:
    id: int
    email: str
    first_name: str
    last_name: str
    username: str
    created: int
    modified: int
    role: str = "customer"
    billing: Address = NOWHERE
    shipping: Address = NOWHERE
    is_paying: bool = False
    meta: tuple[tuple[int, str, Any], ...] = ()


@dataclass(slots=True)
class Coupon:
    id: int
    code: str
    amount: int
    discount_type: str
    created: int
    modified: int
    status: str = "publish"
    expires: int | None = None
    usage_count: int = 0
    used_by: tuple[str, ...] = ()
    meta: tuple[tuple[int, str, Any], ...] = ()
    before_trash: str = ""
    extra: Json | None = None


@dataclass(slots=True)
class Line:
    """A line of an order, or with negative amounts one of a refund."""

    id: int
    product: int
    variation: int
    name: str
    quantity: int
    subtotal: int
    total: int
    tax_class: str
    # (rate, tax of the total, tax of the subtotal)
    taxes: tuple[tuple[int, int, int], ...] = ()
    options: tuple[tuple[str, str, str], ...] = ()  # (key, shown key, shown value)
    parent_name: str | None = None
    reduced: int = 0  # pieces taken from the stock
    of_line: int = 0  # of a refund: the order's line


@dataclass(slots=True)
class Carriage:
    """A shipping line."""

    id: int
    title: str
    method: str
    instance: str
    total: int
    taxes: tuple[tuple[int, int, int], ...] = ()
    of_line: int = 0


@dataclass(slots=True)
class Fee:
    id: int
    name: str
    total: int
    taxes: tuple[tuple[int, int, int], ...] = ()


@dataclass(slots=True)
class Voucher:
    """A coupon line: it keeps what the coupon was when it was used."""

    id: int
    coupon: int
    code: str
    discount_type: str
    nominal: int
    discount: int
    tax: int


@dataclass(slots=True)
class Order:
    id: int
    status: str
    currency: str
    created: int
    modified: int
    customer: int
    billing: Address
    shipping: Address
    lines: tuple[Line, ...]
    carriage: tuple[Carriage, ...] = ()
    fees: tuple[Fee, ...] = ()
    vouchers: tuple[Voucher, ...] = ()
    tax_ids: tuple[tuple[int, int], ...] = ()  # (rate, id of its tax line)
    refunds: tuple[int, ...] = ()
    paid: int | None = None
    completed: int | None = None
    method: str = ""
    method_title: str = ""
    via: str = "checkout"
    note: str = ""
    source: str = ""  # of the attribution: utm source
    is_reduced: bool = False
    before_trash: str = ""
    meta: tuple[tuple[int, str, Any], ...] = ()


@dataclass(slots=True)
class Refund:
    id: int
    order: int
    created: int
    amount: int
    reason: str
    kind: str  # "full" or "partial"
    lines: tuple[Line, ...] = ()
    carriage: tuple[Carriage, ...] = ()
    tax_ids: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Note:
    id: int
    order: int
    author: str
    created: int
    text: str
    for_customer: bool = False


@dataclass(slots=True)
class Webhook:
    id: int
    name: str
    topic: str
    url: str
    secret: str
    created: int
    modified: int | None
    status: str = "active"
    failures: int = 0
    wants_ping: bool = True


@dataclass(frozen=True, slots=True)
class Key:
    key: str
    secret: str
    permissions: str = "read_write"
    role: str = "administrator"


@dataclass(frozen=True, slots=True)
class Rate:
    id: int
    country: str
    state: str
    percent: str
    label: str
    code: str
    tax_class: str = ""
    is_shipping: bool = True


RATES = (
    Rate(1, "GB", "", "20", "VAT", "GB-VAT-1"),
    Rate(2, "GB", "", "5", "VAT", "GB-VAT-1", "reduced-rate"),
    Rate(3, "GB", "", "0", "VAT", "GB-VAT-1", "zero-rate"),
    Rate(4, "DE", "", "19", "MwSt.", "DE-MWST.-1"),
    Rate(5, "DE", "", "7", "MwSt.", "DE-MWST.-1", "reduced-rate"),
    Rate(6, "US", "CA", "7.25", "CA State Tax", "US-CA-CA STATE TAX-1", "", False),
    Rate(7, "US", "NY", "4", "NY State Tax", "US-NY-NY STATE TAX-1"),
    Rate(8, "US", "NY", "4.375", "NYC Tax", "US-NY-NYC TAX-2"),
)
RATE_OF = {rate.id: rate for rate in RATES}


@dataclass
class Quirks:
    """How the shop misbehaves; changeable while it serves."""

    seconds_per_object: float = 0.0
    parallel_lanes: int = 1
    rate_limited_share: float = 0.0
    retry_after_seconds: int = 1
    error_share: float = 0.0
    slow_share: float = 0.0
    slow_seconds: float = 1.0
    cut_share: float = 0.0
    garbage_share: float = 0.0
    has_variations_route: bool = True
    has_refunds_route: bool = True
    page_cache_header: str = ""
    clock_skew_seconds: float = 0.0
    staging_url: str = ""
    has_plugin: bool = False
    # The secret key that LuxeBrain made for it: it answers to that signature alone.
    plugin_key: str = ""
    # After so many things of an export the shop falls over; 0: never.
    export_breaks_after: int = 0
    # A theme's filter: lists show so many rows at most, whatever is asked.
    most_rows: int = 100
    # Of the errors and cuts that hit a write, this share happen after it was done.
    done_anyway_share: float = 0.5
