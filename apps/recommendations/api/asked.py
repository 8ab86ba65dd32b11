"""From what a caller writes into the address to what is asked of the shelves."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.utils.translation import get_supported_language_variant
from rest_framework import serializers

from apps.accounts.models import Store
from apps.accounts.services import customer_token
from apps.accounts.services.callers import PUBLISHABLE, Caller
from apps.core.errors import NotAllowedError
from apps.core.store_views import LARGEST_ID
from apps.events.models import Session
from apps.recommendations.models import Kind
from apps.recommendations.services.answering import rows
from apps.recommendations.services.answering.ask import MOST, MOST_TO_PAGES, Ask
from apps.recommendations.services.answering.remembered import settings_of
from apps.shop.models import Category

SHOP, OWN = "shop", "own"
MOST_IDS = 100
OFFERED = [choice for choice in Kind.choices if choice[0] != Kind.CONTENT]


class IdsField(serializers.CharField):
    """Ids with commas between them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=2_000, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        parts = [part for part in super().to_internal_value(data).split(",") if part]
        if len(parts) > MOST_IDS:
            raise serializers.ValidationError(f"Up to {MOST_IDS} ids.")
        if not all(part.isdecimal() and part.isascii() for part in parts):
            raise serializers.ValidationError("Ids with commas between them.")
        ids = tuple(dict.fromkeys(int(part) for part in parts))
        if any(not 1 <= one <= LARGEST_ID for one in ids):
            raise serializers.ValidationError("No such id.")
        return ids


def id_field(about: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_ID, help_text=about
    )


def amount_field(about: str) -> serializers.DecimalField:
    return serializers.DecimalField(
        required=False, max_digits=14, decimal_places=4, min_value=0, help_text=about
    )


class AskQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(OFFERED, default=Kind.PERSONAL)
    ids = serializers.ChoiceField(
        [(SHOP, "As in WooCommerce"), (OWN, "As in this API")],
        default=SHOP,
        help_text="Whose ids of products, categories and customers are meant here.",
    )
    visitor = serializers.CharField(
        required=False, max_length=64, help_text="As events name the browser."
    )
    session = serializers.CharField(
        required=False, max_length=64, help_text="Instead of the visitor."
    )
    token = serializers.CharField(
        required=False,
        max_length=300,
        help_text="Signed by the shop: who is signed in.",
    )
    customer = id_field("Not from pages: those show a token.")
    product = id_field("The product of the page.")
    basket = IdsField(help_text="Products in the basket.")
    viewed = IdsField(help_text="Products just viewed, the newest first.")
    exclude = IdsField(help_text="Products that are not to be shown.")
    category = id_field("Only products of this category, or of one below it.")
    price_from = amount_field("Only products that cost so much or more.")
    price_to = amount_field("Only products that cost so much or less.")
    size = serializers.CharField(
        required=False, max_length=60, help_text="Only what is in stock in this size."
    )
    limit = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST,
        help_text=f"How many; as the merchant set it. Pages get {MOST_TO_PAGES} at most.",
    )
    placement = serializers.CharField(
        required=False, max_length=64, help_text="Where the shelf stands, for the log."
    )
    explain = serializers.BooleanField(default=False, help_text="With a reason each.")
    language = serializers.CharField(
        required=False,
        max_length=20,
        help_text="Of reasons, such as ar: the page's own. Otherwise the store's.",
    )


def asked_by(caller: Caller, store: Store, said: dict[str, Any], at: Any) -> Ask:
    """What the caller means, in our own ids. What is not this store's is left out."""
    meant = products_of(store, said)
    return Ask(
        kind=said["kind"],
        customer=customer_of(caller, store, said, at),
        visitor=visitor_of(store, said),
        product=next(iter(meant(said.get("product"))), None),
        basket=meant(*said.get("basket", ())),
        viewed=meant(*said.get("viewed", ())),
        exclude=frozenset(meant(*said.get("exclude", ()))),
        category=category_of(store, said),
        price_from=said.get("price_from"),
        price_to=said.get("price_to"),
        size=said.get("size", ""),
        limit=limit_of(caller, store, said),
        placement=said.get("placement", ""),
    )


def products_of(store: Store, said: dict[str, Any]) -> Any:
    lists = ("basket", "viewed", "exclude")
    ids = {one for name in lists for one in said.get(name, ())}
    ids |= {said["product"]} if "product" in said else set()
    ours = rows.ours(store, field_of(said), ids)
    return lambda *given: tuple(ours[one] for one in given if one in ours)


def customer_of(
    caller: Caller, store: Store, said: dict[str, Any], at: Any
) -> int | None:
    by_shop = customer_token.verify(store, said.get("token", ""), at)
    if by_shop is not None:
        return rows.customer(store, "woo_id", by_shop)
    if "customer" not in said:
        return None
    if caller.kind == PUBLISHABLE:
        raise NotAllowedError("A page names the customer by a signed token.")
    return rows.customer(store, field_of(said), said["customer"])


def field_of(said: dict[str, Any]) -> str:
    """Whose ids are meant."""
    return "woo_id" if said["ids"] == SHOP else "id"


def language_of(store: Store, said: dict[str, Any]) -> str:
    """The first that anything at all could be told in."""
    for language in (said.get("language", ""), store.language):
        with suppress(LookupError):
            return get_supported_language_variant(language)
    return settings.LANGUAGE_CODE


def limit_of(caller: Caller, store: Store, said: dict[str, Any]) -> int | None:
    limit: int | None = said.get("limit")
    if caller.kind != PUBLISHABLE:
        return limit
    if limit is None:
        size = settings_of(store).shelf_size
        return min(MOST_TO_PAGES, size)
    if limit > MOST_TO_PAGES:
        raise serializers.ValidationError(
            {"limit": [f"A page gets up to {MOST_TO_PAGES} picks."]}
        )
    return limit


def visitor_of(store: Store, said: dict[str, Any]) -> str:
    if "visitor" in said or "session" not in said:
        return str(said.get("visitor", ""))
    found = Session.objects.of(store).filter(key=said["session"])
    return found.values_list("visitor", flat=True).first() or ""


def category_of(store: Store, said: dict[str, Any]) -> int | None:
    """0 where there is none such: then nothing is in it."""
    if "category" not in said:
        return None
    named = {field_of(said): said["category"]}
    found = Category.objects.of(store).live().filter(**named)
    return found.values_list("pk", flat=True).first() or 0
