"""The types of events, as docs/events.md states them. Pure: no clock, no database."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta, Struct

MOST_EVENTS = 1_000
# Of one custom event.
MOST_PROPERTIES = 20
# The years 2000 to 2100, as milliseconds since 1970.
FIRST_MS, LAST_MS = 946_684_800_000, 4_102_444_800_000

Name = Annotated[str, Meta(max_length=64)]
Word = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=500)]
Url = Annotated[str, Meta(max_length=2_000)]
Id = Annotated[str, Meta(min_length=1, max_length=64)]
ShopId = Annotated[int, Meta(gt=0, lt=1 << 53)]
Count = Annotated[int, Meta(ge=0, le=100_000)]
# As far as twelve digits before the point: what a money column holds.
Amount = Annotated[float, Meta(ge=0, lt=1e11)]
Share = Annotated[float, Meta(ge=0, le=1)]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
Milliseconds = Annotated[int, Meta(ge=FIRST_MS, le=LAST_MS)]
Aware = Annotated[datetime, Meta(tz=True)]
Moment = Milliseconds | Aware


class Utm(Struct, omit_defaults=True):
    source: Word = ""
    medium: Word = ""
    campaign: Word = ""
    term: Word = ""
    content: Word = ""


class Context(Struct, omit_defaults=True):
    url: Url = ""
    referrer: Url = ""
    title: Text = ""
    language: Annotated[str, Meta(max_length=35)] = ""
    screen: Annotated[str, Meta(max_length=20)] = ""
    zone: Name = ""
    utm: Utm | None = None


class Item(Struct, omit_defaults=True):
    product: ShopId
    variant: ShopId | None = None
    quantity: Annotated[int, Meta(ge=1, le=100_000)] = 1
    price: Amount | None = None


Items = Annotated[list[Item], Meta(max_length=200)]


class Event(Struct, kw_only=True, omit_defaults=True, gc=False, tag_field="type"):
    """What every event may say. `extras` are a type's fields that have no column."""

    id: Id | None = None
    at: Moment | None = None
    visitor: Name | None = None
    session: Name | None = None
    # Of the shop; believed from servers only.
    customer: ShopId | None = None
    context: Context | None = None

    extras: ClassVar[tuple[str, ...]] = ()


class PageView(Event, tag="page_view"):
    pass


class PageLeave(Event, tag="page_leave"):
    seconds: Annotated[float, Meta(ge=0, le=86_400)]
    scroll: Share | None = None


class AboutProduct(Event):
    product: ShopId
    variant: ShopId | None = None


class ProductView(AboutProduct, tag="product_view"):
    price: Amount | None = None
    currency: Currency = ""
    category: Word = ""


class CategoryView(Event, tag="category_view"):
    category: Word | ShopId
    page: Count | None = None


class Search(Event, tag="search"):
    query: Word
    results: Count | None = None


class Click(Event, tag="click"):
    element: Word
    href: Url = ""
    x: Share | None = None
    y: Share | None = None


class CartChange(AboutProduct):
    quantity: Annotated[int, Meta(ge=1, le=100_000)] = 1
    price: Amount | None = None
    currency: Currency = ""
    placement: Name = ""
    decision: Name = ""


class AddToCart(CartChange, tag="add_to_cart"):
    pass


class RemoveFromCart(CartChange, tag="remove_from_cart"):
    pass


class Cart(Event, tag="cart"):
    items: Items
    value: Amount | None = None
    currency: Currency = ""


class CheckoutStart(Event, tag="checkout_start"):
    value: Amount | None = None
    currency: Currency = ""
    items: Items | None = None


class CheckoutStep(Event, tag="checkout_step"):
    step: Name
    number: Count | None = None


class Order(Event, tag="order"):
    order: ShopId
    value: Amount
    currency: Currency = ""
    items: Items | None = None
    coupon: Name = ""


class RecommendationShown(Event, tag="recommendation_shown"):
    placement: Name
    products: Annotated[list[ShopId], Meta(min_length=1, max_length=100)]
    decision: Name = ""


class RecommendationClicked(Event, tag="recommendation_clicked"):
    placement: Name
    product: ShopId
    position: Count | None = None
    decision: Name = ""


class Message(Event):
    channel: Literal["email", "sms", "whatsapp", "push"]
    message: Name = ""
    campaign: Word = ""
    href: Url = ""
    # Says who read it; checked at the door and not kept.
    token: Word = ""


class MessageSent(Message, tag="message_sent"):
    pass


class MessageOpened(Message, tag="message_opened"):
    pass


class MessageClicked(Message, tag="message_clicked"):
    pass


class Wishlist(AboutProduct, tag="wishlist"):
    action: Literal["add", "remove"] = "add"


class Review(AboutProduct, kw_only=True, tag="review"):
    rating: Annotated[int, Meta(ge=1, le=5)]


class Login(Event, tag="login"):
    pass


class Frustration(Event):
    element: Word
    clicks: Count | None = None


class RageClick(Frustration, tag="rage_click"):
    pass


class DeadClick(Frustration, tag="dead_click"):
    pass


class FormError(Event, tag="form_error"):
    element: Word
    problem: Word = ""


PropertyName = Annotated[str, Meta(min_length=1, max_length=40)]
PropertyValue = Annotated[str, Meta(max_length=200)] | float | bool | None


class Custom(Event, tag="custom"):
    name: Annotated[str, Meta(pattern=r"^[a-z0-9_.-]{1,64}\Z")]
    properties: Annotated[
        dict[PropertyName, PropertyValue], Meta(max_length=MOST_PROPERTIES)
    ] = msgspec.field(default_factory=dict)


AnyEvent = (
    PageView | PageLeave | ProductView | CategoryView | Search | Click | AddToCart
    | RemoveFromCart | Cart | CheckoutStart | CheckoutStep | Order
    | RecommendationShown | RecommendationClicked | MessageSent | MessageOpened
    | MessageClicked | Wishlist | Review | Login | RageClick | DeadClick | FormError
    | Custom
)  # fmt: skip
KINDS: dict[str, type[Event]] = {
    str(kind.__struct_config__.tag): kind for kind in AnyEvent.__args__
}
TYPES = tuple(KINDS)

# Have a column of their own; the rest of a type's fields are its properties.
COLUMNS = frozenset(
    {*Event.__struct_fields__, "product", "variant", "quantity", "price", "value"}
    | {"currency", "token"}
)
for _kind in KINDS.values():
    _kind.extras = tuple(n for n in _kind.__struct_fields__ if n not in COLUMNS)


class Consent(Struct):
    statistics: bool = True
    # None: not said, which is no yes.
    personalization: bool | None = None


class Batch(Struct):
    """What holds for all events of one sending."""

    events: Annotated[list[Any], Meta(min_length=1, max_length=MOST_EVENTS)]
    sent_at: Moment | None = None
    visitor: Name | None = None
    session: Name | None = None
    # A bad one costs the token and no event, so anything goes.
    customer_token: str | None = None
    consent: Consent | None = None
    context: Context | None = None


class TypedBatch(Batch):
    events: Annotated[list[AnyEvent], Meta(min_length=1, max_length=MOST_EVENTS)]


class RawBatch(Batch):
    events: Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=MOST_EVENTS)]


def milliseconds(moment: Moment) -> int:
    if isinstance(moment, int):
        return moment
    return round(moment.timestamp() * 1000)
