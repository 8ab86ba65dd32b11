"""Single values of a payload, as Python has them. Unreadable ones are None, not errors:
one odd field of one plugin must not keep an order out of the copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from apps.sync.woo.decode import storable

Payload = Mapping[str, Any]
# What a column of money holds: 12 digits before the point.
MOST = Decimal(10) ** 12 - 1
BIGGEST_ID = 2**63 - 1
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class UnreadableError(Exception):
    """Not a thing of the shop: an error in place of a body, or no id."""


def woo_id(payload: Any) -> int:
    """The id that every thing has; a body without one is none."""
    found = payload.get("id") if isinstance(payload, Mapping) else None
    if isinstance(found, bool) or not isinstance(found, int):
        raise UnreadableError("no id")
    if not 0 < found <= BIGGEST_ID:
        raise UnreadableError("an impossible id")
    return found


def id_of(payload: Any) -> int:
    """0 for what has none."""
    try:
        return woo_id(payload)
    except UnreadableError:
        return 0


def number(payload: Payload, name: str) -> int:
    """A count or an id; 0 for what is none. Ids come as numbers, text or ""."""
    return as_number(payload.get(name))


def as_number(value: Any) -> int:
    if isinstance(value, bool):
        return 0
    try:
        found = int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
    return found if -BIGGEST_ID <= found <= BIGGEST_ID else 0


def whole(payload: Payload, name: str) -> int | None:
    """A whole number, or None: stock is null where the shop does not count."""
    value = payload.get(name)
    if value is None or value == "":
        return None
    found = as_number(value)
    return found if abs(found) < 2**31 else None


def money(payload: Payload, name: str) -> Decimal | None:
    return as_money(payload.get(name))


def as_money(value: Any) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    # Compared, not reckoned with: 1E+9999999 is a number until it is used.
    return amount if amount.is_finite() and -MOST < amount < MOST else None


def amount(payload: Payload, name: str) -> Decimal:
    found = money(payload, name)
    return Decimal(0) if found is None else found


def total(amounts: Iterable[Decimal]) -> Decimal:
    """0 where even the sum is more than a column holds."""
    found = sum(amounts, Decimal(0))
    return found if -MOST < found < MOST else Decimal(0)


def moment(payload: Payload, name: str) -> datetime | None:
    """The `…_gmt` field; the one without is the site's local time, which nobody can place."""
    return as_moment(payload.get(f"{name}_gmt"))


def as_moment(value: Any) -> datetime | None:
    """Without an offset it is UTC."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    # Databases hold years 1 to 9999 in every zone only with a day to spare.
    if not 1900 < found.year < 9000:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def changed(payload: Payload) -> datetime:
    """When it was changed last; what never was, when it was made; drafts may not say."""
    return moment(payload, "date_modified") or moment(payload, "date_created") or NEVER


def text(payload: Payload, name: str) -> str:
    value = payload.get(name)
    return "" if value is None else storable(str(value))


def each(payload: Payload, name: str) -> list[Payload]:
    found = payload.get(name)
    if not isinstance(found, list):
        return []
    return [item for item in found if isinstance(item, Mapping)]


def ids(payload: Payload, name: str) -> list[int]:
    found = payload.get(name)
    return (
        [i for i in map(as_number, found) if i > 0] if isinstance(found, list) else []
    )


def meta(payload: Payload) -> dict[str, Any]:
    return {text(item, "key"): item.get("value") for item in each(payload, "meta_data")}
