"""What a cell says: numbers, amounts, moments and words as people write them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from apps.core.money import MINOR_UNITS

MOST_ID = 2**63 - 1
MOST_COUNT = 2**31 - 1
MOST_AMOUNT = Decimal(10) ** 12
LONGEST_CELL = 131_072
SHOWN = 60
YES = {"yes", "y", "true", "1"}
NO = {"no", "n", "false", "0"}
SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₺": "TRY"}
DOLLARS = {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "ARS", "CLP", "COP"}
# Arabic has marks of its own between thousands and before cents.
ARABIC_MARKS = str.maketrans(
    {
        "\N{ARABIC THOUSANDS SEPARATOR}": ",",
        "\N{ARABIC DECIMAL SEPARATOR}": ".",
        "\N{MINUS SIGN}": "-",
    }
)
AMOUNT = re.compile(r"(-?)(\d+(?:[.,]\d+)*)")
WORD_OF: dict[type, str] = {dict: "object", list: "list"}
BLANKS = re.compile(r"[\s'\N{RIGHT SINGLE QUOTATION MARK}]")
WORDS = re.compile(r"(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])|[€£¥₹₺$]")


class RefusedError(ValueError):
    """A sentence for the person whose file it is. `column` is empty for a whole row."""

    def __init__(self, reason: str, column: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column


@dataclass(frozen=True)
class Shop:
    """What one must know of the store to read its files."""

    currency: str
    zone: ZoneInfo


Read = Callable[[Any, Shop], Any]


def shown(cell: Any) -> str:
    said = str(cell)
    return f"“{said[:SHOWN]}…”" if len(said) > SHOWN else f"“{said}”"


def plain(cell: Any) -> str:
    """A cell as trimmed text; JSON's numbers and truth as a person would write them."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, dict | list):
        raise RefusedError("A list or an object stands where one value belongs.")
    return str(cell).strip()


def text(most: int | None = None) -> Read:
    def read(cell: Any, shop: Shop) -> str:
        said = cell if isinstance(cell, str) else plain(cell)
        if "\x00" in said:
            raise RefusedError("It contains a NUL character, which is no text.")
        if most is not None and len(said) > most:
            raise RefusedError(
                f"It is longer than {most:,} characters ({len(said):,})."
            )
        check_encodable(said)
        return said

    return read


def check_encodable(said: str) -> None:
    try:
        said.encode()
    except UnicodeEncodeError as error:
        raise RefusedError("It contains half a character.") from error


def whole_number(cell: Any, *, least: int, most: int) -> int:
    said = plain(cell).translate(ARABIC_MARKS)
    if re.fullmatch(r"-?\d{1,30}", said) is None:
        raise RefusedError(f"{shown(cell)} is no whole number.")
    number = int(said)
    if not least <= number <= most:
        raise RefusedError(f"{number} is not between {least} and {most}.")
    return number


def identifier(cell: Any, shop: Shop) -> int:
    said = plain(cell)
    if re.fullmatch(r"\d{1,30}", said) is None:
        raise RefusedError(f"{shown(cell)} is no id: an id is made of digits only.")
    if not 0 < int(said) <= MOST_ID:
        raise RefusedError(f"{shown(cell)} is no id: ids go from 1 to {MOST_ID}.")
    return int(said)


def optional_identifier(cell: Any, shop: Shop) -> int | None:
    """WooCommerce writes 0 where there is none."""
    return None if plain(cell) == "0" else identifier(cell, shop)


def count(cell: Any, shop: Shop) -> int:
    return whole_number(cell, least=-MOST_COUNT, most=MOST_COUNT)


def truth(cell: Any, shop: Shop) -> bool:
    said = plain(cell).lower()
    if said in YES | NO:
        return said in YES
    raise RefusedError(f"{shown(cell)} is neither yes nor no.")


def one_of(*choices: str) -> Read:
    def read(cell: Any, shop: Shop) -> str:
        said = plain(cell).lower()
        if said not in choices:
            raise RefusedError(f"{shown(cell)} is none of: {', '.join(choices)}.")
        return said

    return read


def email(cell: Any, shop: Shop) -> str:
    said = plain(cell).lower()
    if len(said) > 254 or re.fullmatch(r"[^@\s\x00]+@[^@\s\x00]+", said) is None:
        raise RefusedError(f"{shown(cell)} is no e-mail address.")
    check_encodable(said)
    return said


def currency(cell: Any, shop: Shop) -> str:
    said = plain(cell).upper()
    if said != shop.currency:
        raise RefusedError(
            f"{shown(said)} is not this shop's currency, which is {shop.currency}."
        )
    return said


def money(cell: Any, shop: Shop) -> Decimal:
    """1.234,50 and 1,234.50 and 14.5; what can be read in two ways is refused."""
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return in_range(Decimal(cell), cell)
    said = plain(cell).translate(ARABIC_MARKS)
    found = WORDS.search(said)
    if found:
        check_sign(found.group().upper(), shop)
        said = said.replace(found.group(), "", 1)
    match = AMOUNT.fullmatch(BLANKS.sub("", said))
    if match is None:
        raise RefusedError(f"{shown(cell)} is no amount.")
    sign, digits = match.groups()
    return in_range(Decimal(sign + with_point(digits, cell, shop)), cell)


def check_sign(sign: str, shop: Shop) -> None:
    is_own = (
        shop.currency in DOLLARS
        if sign == "$"
        else SIGNS.get(sign, sign) == shop.currency
    )
    if not is_own:
        raise RefusedError(
            f"{shown(sign)} is not this shop's currency, which is {shop.currency}."
        )


def with_point(digits: str, cell: Any, shop: Shop) -> str:
    """The digits with a point where the cents begin, and nothing between thousands."""
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        return digits
    last = marks[-1]
    whole, _, cents = digits.rpartition(last)
    first, *others = re.split("[.,]", digits)
    is_grouped = len(first) <= 3 and all(len(part) == 3 for part in others)
    if len(marks) == 1:
        if len(cents) == 3 and 0 < len(whole) <= 3 and not whole.startswith("0"):
            if MINOR_UNITS.get(shop.currency) != 3:
                raise RefusedError(
                    f"{shown(cell)} can be read in two ways. Write "
                    f"{whole}{cents}.00 or {whole}.{cents}0."
                )
        return f"{whole}.{cents}"
    if len(set(marks)) == 1:
        if not is_grouped:
            raise RefusedError(f"{shown(cell)} is no amount.")
        return re.sub("[.,]", "", digits)
    groups = whole.split(marks[0])
    is_right = len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    if not is_right or set(marks[:-1]) != {marks[0]} or last == marks[0]:
        raise RefusedError(f"{shown(cell)} is no amount.")
    return f"{whole.replace(marks[0], '')}.{cents}"


def in_range(amount: Decimal, cell: Any) -> Decimal:
    if not amount.is_finite() or abs(amount) >= MOST_AMOUNT:
        raise RefusedError(f"{shown(cell)} is too large for an amount.")
    return amount


def positive_money(cell: Any, shop: Shop) -> Decimal:
    amount = money(cell, shop)
    if amount < 0:
        raise RefusedError(f"{shown(cell)} is below zero.")
    return amount


def moment(cell: Any, shop: Shop) -> datetime:
    """ISO 8601. Without a zone it is the shop's time; a date alone is its first moment."""
    said = plain(cell)
    try:
        found = datetime.fromisoformat(said)
    except ValueError as error:
        raise RefusedError(
            f"{shown(cell)} is no date and time like 2026-05-31 or 2026-05-31T14:05:00."
        ) from error
    if not date(1900, 1, 1) <= found.date() <= date(9999, 12, 30):
        raise RefusedError(f"{shown(cell)} lies outside the years 1900 to 9999.")
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    at = found.replace(tzinfo=shop.zone).astimezone(UTC)
    if at.astimezone(shop.zone).replace(tzinfo=None) == found:
        return at
    if len(said) <= 10 and found.time() == time():
        return after_gap(at, shop.zone)
    raise RefusedError(
        f"{shown(cell)} did not exist in {shop.zone.key}: the clocks were put forward. "
        "Write the zone behind it, like +02:00."
    )


def after_gap(at: datetime, zone: ZoneInfo) -> datetime:
    """The first moment of a day whose midnight was skipped."""
    day = at.astimezone(zone).date()
    while (at - timedelta(minutes=15)).astimezone(zone).date() == day:
        at -= timedelta(minutes=15)
    return at


def names(cell: Any, shop: Shop) -> list[str]:
    """Parts between |, each once; a list in JSON."""
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        cell = structure(cell, list)
    parts = cell if isinstance(cell, list) else plain(cell).split("|")
    read = text()
    found = (read(part, shop).strip() for part in parts)
    return list(dict.fromkeys(part for part in found if part))


def mapping(cell: Any, shop: Shop) -> Any:
    return structure(cell, dict)


def listing(cell: Any, shop: Shop) -> Any:
    return structure(cell, list)


def structure(cell: Any, kind: type) -> Any:
    """JSON in a cell, or as it stands in a JSON file; numbers as JSON's own."""
    try:
        said = cell if isinstance(cell, str) else json.dumps(cell, default=float)
        found = json.loads(said)
        stored = json.dumps(found, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"{shown(cell)} is no JSON.") from error
    if not isinstance(found, kind):
        raise RefusedError(f"{shown(cell)} is no JSON {WORD_OF[kind]}.")
    if "\\u0000" in stored:
        raise RefusedError("It contains a NUL character, which is no text.")
    check_encodable(json.dumps(found, ensure_ascii=False))
    return found
