"""What a variant may mean, checked in the words of whoever acts on it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from apps.accounts.models import Store
from apps.core.errors import InvalidInputError
from apps.experiments.models import Kind
from apps.registry.models import ModelVersion

# Whole kilobytes of JSON go to every visitor who takes part.
MAX_BYTES = 4_096
MOST_PERCENT = 30
MOST_EXPLORED = 0.5
# Names of apps.recommendations.models.Kind, which lies above; a test compares them.
SHELF_KINDS = {
    "personal": "Picked for each visitor",
    "alike": "Bought by customers like them",
    "trending": "What sells lately",
    "hero": "Favorites",
    "new": "New arrivals",
    "similar": "Similar products",
    "together": "Often bought together",
    "upsell": "A step up",
    "outfit": "Complete the outfit",
    "recent": "Recently viewed",
    "rebuy": "Buy it again",
}
FAMILY = "recommendations."


def checked(store: Store, kind: str, config: Any) -> dict[str, Any]:
    """The config as it will be kept; empty is "as it is today"."""
    if not isinstance(config, Mapping):
        raise InvalidInputError("What a variant does is an object of names and values.")
    told = dict(config)
    refuse_long(told)
    if kind == Kind.SHELF:
        return shelf(store, told)
    if kind == Kind.PRICE:
        return price(told)
    if kind == Kind.HOLDOUT and told:
        raise InvalidInputError("Who is left alone is shown nothing else.")
    return told


def refuse_long(config: dict[str, Any]) -> None:
    try:
        text = json.dumps(config, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            "What a variant does has to be plain JSON: no endless numbers."
        ) from error
    if any(is_no_text(one) for one in texts_in(config)):
        raise InvalidInputError(
            "What a variant does holds a character that is no text."
        )
    if len(text.encode()) > MAX_BYTES:
        raise InvalidInputError("What a variant does is longer than 4 kilobytes.")


def texts_in(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, item in value.items():
                yield str(key)
                yield from texts_in(item)
        case list():
            for item in value:
                yield from texts_in(item)


def is_no_text(text: str) -> bool:
    """NUL, or half of a surrogate pair: no database keeps them."""
    return "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text)


def shelf(store: Store, config: dict[str, Any]) -> dict[str, Any]:
    rules: dict[str, Callable[[Any], bool]] = {
        "show": lambda value: value is False,
        "kind": lambda value: isinstance(value, str) and value in SHELF_KINDS,
        "exploration_share": lambda value: is_between(value, 0, MOST_EXPLORED),
        "variety": lambda value: is_between(value, 0, 1),
        "version": lambda value: is_version(store, value),
    }
    for name, value in config.items():
        if name not in rules:
            raise InvalidInputError(f"A shelf knows no “{name[:40]}”.")
        if not rules[name](value):
            raise InvalidInputError(SAY[name])
    if "show" in config and len(config) > 1:
        raise InvalidInputError("Without a shelf there is nothing else to set on it.")
    return config


SAY = {
    "show": "“show” may only be false: no shelf. Leave it out to show one.",
    "kind": f"A shelf is one of: {', '.join(SHELF_KINDS)}.",
    "exploration_share": "The share for trying things out lies between 0 and 0.5.",
    "variety": "Variety lies between 0 and 1.",
    "version": "That model is not there any more, or serves no shelf.",
}


def is_between(value: Any, low: float, high: float) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and low <= value <= high


def is_version(store: Store, value: Any) -> bool:
    """One that could serve: its rows are still there and the gate let it pass."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        return False
    return bool(versions(store).filter(pk=value).exists())


def versions(store: Store) -> Any:
    return ModelVersion.objects.of(store).filter(
        kind__startswith=FAMILY,
        forgotten_at=None,
        # What a test may hold on to: registry/services/keep.py.
        status__in=(ModelVersion.Status.CHAMPION, ModelVersion.Status.RETIRED),
    )


def price(config: dict[str, Any]) -> dict[str, Any]:
    if not config:
        return config
    value = config.get("percent")
    if set(config) != {"percent"} or not is_between(value, -MOST_PERCENT, MOST_PERCENT):
        raise InvalidInputError(
            "A price changes by “percent”, between -30 and 30, and by nothing else."
        )
    return config
