"""Ask for a change in the shop. The row is the promise; `send` keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Unpack

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from apps.accounts.models import Store
from apps.core.errors import ConflictError, InvalidInputError, UnknownError
from apps.shop.models import Product, Variant
from apps.sync.models import Write
from apps.sync.services.writing import coupons, prices, stock_notes
from apps.sync.woo.changes import NOTE, meta, price_from

DIGEST = "digest:"
LONGEST_KEY = 120


@dataclass(frozen=True)
class Ask:
    """What is asked, before it is known whether it was asked before."""

    store: Store
    kind: Write.Kind
    key: str
    values: dict[str, Any]
    woo_id: int | None = None
    parent_woo_id: int | None = None


def price(
    store: Store,
    subject: Product | Variant,
    *,
    key: str,
    asked_by: str,
    at: datetime,
    **wish: Unpack[prices.PriceWish],
) -> Write:
    """Under a key that was used before: the first row, or ConflictError."""
    values = prices.values_for(wish, prices.currency_of(subject))
    asked = Ask(store, Write.Kind.PRICE, key, values, *place_of(store, subject))
    current = prices.as_copied(subject)
    return find(asked) or create(
        asked, prices.objection(values, current, at), asked_by, at
    )


def coupon(
    store: Store,
    *,
    key: str,
    asked_by: str,
    at: datetime,
    **wish: Unpack[coupons.CouponWish],
) -> Write:
    values = coupons.values_for(wish, key, store.currency)
    asked = Ask(store, Write.Kind.COUPON, key, values)
    return find(asked) or create(asked, coupons.objection(values, at), asked_by, at)


def stock_note(
    store: Store,
    subject: Product | Variant,
    text: str,
    *,
    key: str,
    asked_by: str,
    at: datetime,
) -> Write:
    values = stock_notes.values_for(text)
    asked = Ask(store, Write.Kind.STOCK_NOTE, key, values, *place_of(store, subject))
    return find(asked) or create(asked, "", asked_by, at)


def revert(write: Write, *, asked_by: str, at: datetime) -> Write:
    """Ask for the opposite: price and sale, or the note, as they were before."""
    write.refresh_from_db(fields=["status", "before"])
    if write.status != Write.Status.VERIFIED or not write.before:
        raise ConflictError("Only a change that reached the shop can be taken back.")
    if write.kind == Write.Kind.COUPON:
        raise InvalidInputError("Delete the coupon in your shop to take it back.")
    asked = Ask(
        store=write.store,
        kind=Write.Kind(write.kind),
        key=f"revert:{write.pk}",
        values=opposite(write, at),
        woo_id=write.woo_id,
        parent_woo_id=write.parent_woo_id,
    )
    known = Write.objects.of(write.store).filter(key=asked.key).first()
    return known or create(asked, "", asked_by, at)


def opposite(write: Write, at: datetime) -> dict[str, Any]:
    if write.kind == Write.Kind.STOCK_NOTE:
        return {"meta_data": [{"key": NOTE, "value": meta(write.before, NOTE)}]}
    values = price_from(write.before, at)
    if "regular_price" not in write.values:
        del values["regular_price"]
    return values


def place_of(store: Store, subject: Product | Variant) -> tuple[int, int | None]:
    """The id in the shop, and the parent's where the shop keeps it below one."""
    if subject.store_id != store.pk:
        raise UnknownError("There is no such product.")
    if subject.woo_id is None or subject.deleted_at is not None:
        raise InvalidInputError("This product is not in the shop.")
    if isinstance(subject, Product) or subject.woo_id == subject.product.woo_id:
        return subject.woo_id, None
    return subject.woo_id, subject.product.woo_id


def find(asked: Ask) -> Write | None:
    """Looked at before what depends on the moment: a repeat is never refused as late."""
    if not 1 <= len(asked.key) <= LONGEST_KEY:
        raise InvalidInputError(f"A key has 1 to {LONGEST_KEY} letters.")
    known = Write.objects.of(asked.store).filter(key=asked.key).first()
    if known is not None and not is_same(known, asked):
        raise ConflictError("Something else was asked under this key.")
    return known


def is_same(known: Write, asked: Ask) -> bool:
    """A coupon has an id only since the shop has it."""
    if known.kind != asked.kind:
        return False
    place = (known.woo_id, known.parent_woo_id)
    if asked.woo_id is not None and place != (asked.woo_id, asked.parent_woo_id):
        return False
    return without_people(known.values) == without_people(asked.values)


def create(asked: Ask, objection: str, asked_by: str, at: datetime) -> Write:
    if objection:
        raise InvalidInputError(objection)
    try:
        with transaction.atomic():
            return Write.objects.create(
                store=asked.store,
                kind=asked.kind,
                key=asked.key,
                values=asked.values,
                woo_id=asked.woo_id,
                parent_woo_id=asked.parent_woo_id,
                asked_at=at,
                asked_by=asked_by[:120],
                due_at=at,
            )
    except IntegrityError:
        known = find(asked)
        if known is None:
            raise
        return known


def without_people(values: dict[str, Any]) -> dict[str, Any]:
    """With digests in place of e-mails: kept once the shop has them, and compared."""
    if "email_restrictions" not in values:
        return values
    emails = values["email_restrictions"]
    return {**values, "email_restrictions": sorted(digest(email) for email in emails)}


def digest(email: str) -> str:
    if email.startswith(DIGEST):
        return email
    return DIGEST + salted_hmac("sync.coupon", email).hexdigest()[:32]
