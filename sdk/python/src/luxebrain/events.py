"""What each type of event may say: docs/events.md, as types. Ids are the shop's."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal, NotRequired, TypedDict
from uuid import UUID

# Decimals are sent as numbers.
Amount = float | Decimal
Channel = Literal["email", "sms", "whatsapp", "push"]


class Utm(TypedDict, total=False):
    source: str
    medium: str
    campaign: str
    term: str
    content: str


class Context(TypedDict, total=False):
    """The visitor's page, not the server's."""

    url: str
    referrer: str
    title: str
    language: str
    screen: str
    zone: str
    utm: Utm


class Item(TypedDict):
    product: int
    variant: NotRequired[int]
    quantity: NotRequired[int]
    price: NotRequired[Amount]


class Event(TypedDict):
    """What every event may say."""

    # Made here where missing; the same id is the same event.
    id: NotRequired[str | UUID]
    # Milliseconds since 1970, or aware; now where missing.
    at: NotRequired[int | datetime]
    visitor: NotRequired[str]
    session: NotRequired[str]
    customer: NotRequired[int]
    context: NotRequired[Context]


class PageLeave(Event):
    seconds: float
    scroll: NotRequired[float]


class ProductView(Event):
    product: int
    variant: NotRequired[int]
    price: NotRequired[Amount]
    currency: NotRequired[str]
    category: NotRequired[str]


class CategoryView(Event):
    category: str | int
    page: NotRequired[int]


class Search(Event):
    query: str
    results: NotRequired[int]


class Click(Event):
    element: str
    href: NotRequired[str]
    x: NotRequired[float]
    y: NotRequired[float]


class CartChange(Event):
    product: int
    variant: NotRequired[int]
    quantity: NotRequired[int]
    price: NotRequired[Amount]
    currency: NotRequired[str]
    placement: NotRequired[str]
    decision: NotRequired[str]


class Cart(Event):
    items: list[Item]
    value: NotRequired[Amount]
    currency: NotRequired[str]


class CheckoutStart(Event):
    value: NotRequired[Amount]
    currency: NotRequired[str]
    items: NotRequired[list[Item]]


class CheckoutStep(Event):
    step: str
    number: NotRequired[int]


class Order(Event):
    order: int
    value: Amount
    currency: NotRequired[str]
    items: NotRequired[list[Item]]
    coupon: NotRequired[str]


class RecommendationShown(Event):
    placement: str
    products: list[int]
    decision: NotRequired[str]


class RecommendationClicked(Event):
    placement: str
    product: int
    position: NotRequired[int]
    decision: NotRequired[str]


class Message(Event):
    channel: Channel
    message: NotRequired[str]
    campaign: NotRequired[str]
    href: NotRequired[str]
    token: NotRequired[str]


class Wishlist(Event):
    product: int
    variant: NotRequired[int]
    action: NotRequired[Literal["add", "remove"]]


class Review(Event):
    product: int
    variant: NotRequired[int]
    rating: int


class Frustration(Event):
    element: str
    clicks: NotRequired[int]


class FormError(Event):
    element: str
    problem: NotRequired[str]


class Custom(Event):
    name: str
    properties: NotRequired[dict[str, str | float | bool | None]]
