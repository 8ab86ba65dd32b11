"""From JSON to conditions, or a sentence that says where it makes no sense."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from apps.core.errors import InvalidInputError
from apps.segmentation.services.conditions.catalog import FIELDS
from apps.segmentation.services.conditions.deeds import DEEDS, Deed, Goods
from apps.segmentation.services.conditions.field import (
    COMPARISONS,
    NEGATED,
    Field,
    Kind,
    folded,
)
from apps.segmentation.services.conditions.tree import (
    All,
    Compare,
    Did,
    Node,
    Not,
    Some,
    Value,
)

# What a person would ever write, and a database answers in time.
# A form's four groups in each other, "none of these" each, are eight: not, and any.
MOST_DEEP = 9
MOST_CONDITIONS = 60
MOST_VALUES = 200
LONGEST_TEXT = 200
LARGEST = 10.0**12
LARGEST_ID = 2**63 - 1
MOST_TIMES = 1_000
MOST_DAYS = 3_650
GROUPS = ("all", "any", "not")


class ConditionError(InvalidInputError):
    """`path` is the place in the JSON: all[1].value."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path, self.problem = path, problem


def parse(conditions: Any) -> Node:
    parser = Parser()
    tree = parser.node(conditions, "", 1)
    if not parser.count:
        raise ConditionError("", "Say at least one condition.")
    return tree


class Parser:
    def __init__(self) -> None:
        self.count = 0

    def node(self, said: Any, path: str, depth: int) -> Node:
        if not isinstance(said, dict):
            raise ConditionError(path, "A condition is an object with fields.")
        if depth > MOST_DEEP:
            raise ConditionError(path, f"Groups may lie {MOST_DEEP - 1} deep at most.")
        named = [key for key in (*GROUPS, "field", "did", "did_not") if key in said]
        if len(named) != 1:
            raise ConditionError(
                path, "Say exactly one of: all, any, not, field, did, did_not."
            )
        kind = named[0]
        if kind in GROUPS:
            return self.group(said, kind, path, depth)
        self.count += 1
        if self.count > MOST_CONDITIONS:
            raise ConditionError(path, f"Up to {MOST_CONDITIONS} conditions, please.")
        return comparison(said, path) if kind == "field" else deed(said, kind, path)

    def group(self, said: Mapping[str, Any], kind: str, path: str, depth: int) -> Node:
        only(said, {kind}, path)
        here = within(path, kind)
        if kind == "not":
            return Not(self.node(said[kind], here, depth + 1))
        parts = said[kind]
        if not isinstance(parts, list) or not parts:
            raise ConditionError(here, "A list of conditions, with one at least.")
        if len(parts) > MOST_CONDITIONS:
            raise ConditionError(here, f"Up to {MOST_CONDITIONS} conditions, please.")
        nodes = tuple(
            self.node(part, f"{here}[{place}]", depth + 1)
            for place, part in enumerate(parts)
        )
        return All(nodes) if kind == "all" else Some(nodes)


def within(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def only(said: Mapping[str, Any], known: set[str], path: str) -> None:
    if unknown := sorted(shown(key) for key in set(said) - known):
        raise ConditionError(path, f"Not known here: {', '.join(unknown[:5])}.")


def shown(said: Any) -> str:
    """A caller's text inside a sentence."""
    return str(said)[:40].encode("ascii", "replace").decode()


def comparison(said: Mapping[str, Any], path: str) -> Node:
    only(said, {"field", "is", "value"}, path)
    field = FIELDS.get(said["field"]) if isinstance(said["field"], str) else None
    if field is None:
        raise ConditionError(
            within(path, "field"), f"There is no field {shown(said['field'])}."
        )
    hows = COMPARISONS[field.kind]
    how = said.get("is")
    if not isinstance(how, str) or how not in hows:
        raise ConditionError(
            within(path, "is"), f"{field.name} is compared by: {', '.join(hows)}."
        )
    plain = NEGATED.get(how, how)
    found = Compare(field, plain, value_of(said, field, plain, path))
    return found if plain == how else Not(found)


def value_of(said: Mapping[str, Any], field: Field, how: str, path: str) -> Value:
    here = within(path, "value")
    if how in ("known", "yes", "no"):
        if said.get("value") is not None:
            raise ConditionError(here, "Nothing to be said here.")
        return None
    value = said.get("value")
    if how in ("one_of", "has_one_of"):
        texts = tuple(listed(value, here, text))
        check_choices(field, texts, here)
        return texts if field.kind == Kind.KEYS else tuple(map(folded, texts))
    if how == "between":
        return two_numbers(value, here)
    if field.kind == Kind.NUMBER:
        return number(value, here)
    said_text = text(value, here)
    check_choices(field, (said_text,), here)
    return folded(said_text)


def check_choices(field: Field, texts: tuple[str, ...], path: str) -> None:
    known = [value for value, _ in field.choices]
    if field.kind == Kind.CHOICE and set(texts) - set(known):
        raise ConditionError(path, f"One of: {', '.join(known)}.")


def two_numbers(value: Any, path: str) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise ConditionError(path, "Two numbers: from and to.")
    low, high = (number(one, f"{path}[{n}]") for n, one in enumerate(value))
    if low > high:
        raise ConditionError(path, "The first number is the smaller one.")
    return low, high


def listed(value: Any, path: str, each: Callable[[Any, str], Any]) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise ConditionError(path, "A list, with one value at least.")
    if len(value) > MOST_VALUES:
        raise ConditionError(path, f"Up to {MOST_VALUES} values, please.")
    found = [each(one, f"{path}[{place}]") for place, one in enumerate(value)]
    return list(dict.fromkeys(found))


def number(value: Any, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConditionError(path, "A number, please.")
    # An int may be too large for a float; so it is compared as what it is.
    if not -LARGEST <= value <= LARGEST or not math.isfinite(value):
        raise ConditionError(path, "The number is too large.")
    return float(value)


def whole(value: Any, path: str, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConditionError(path, "A whole number, please.")
    if not 1 <= value <= most:
        raise ConditionError(path, f"From 1 to {most}.")
    return value


def text(value: Any, path: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ConditionError(path, "A text, please.")
    if len(value) > LONGEST_TEXT:
        raise ConditionError(path, f"Up to {LONGEST_TEXT} letters, please.")
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise ConditionError(path, "This holds a character that is no text.")
    return value.strip()


def deed(said: Mapping[str, Any], kind: str, path: str) -> Node:
    named = said[kind]
    found = DEEDS.get(named) if isinstance(named, str) else None
    if found is None:
        raise ConditionError(within(path, kind), f"One of: {', '.join(DEEDS)}.")
    goods_said = {"products", "categories", "brands"} if found.takes_goods else set()
    only(said, {kind, "times", "days", *goods_said}, path)
    times = whole(said.get("times", 1), within(path, "times"), MOST_TIMES)
    days = said.get("days")
    if days is not None:
        days = whole(days, within(path, "days"), MOST_DAYS)
    did = Did(found, times, days, goods(said, found, path))
    return did if kind == "did" else Not(did)


def goods(said: Mapping[str, Any], found: Deed, path: str) -> Goods:
    if not found.takes_goods:
        return Goods()

    def row_id(value: Any, here: str) -> int:
        return whole(value, here, LARGEST_ID)

    readers = {"products": row_id, "categories": row_id, "brands": text}
    return Goods(
        **{
            name: tuple(listed(said[name], within(path, name), each))
            for name, each in readers.items()
            if said.get(name) is not None
        }
    )
