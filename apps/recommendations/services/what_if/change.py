"""What a merchant would do otherwise: checked, and in plain words. Light: the web asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from apps.core.errors import InvalidInputError
from apps.recommendations.models import Kind

# Who names products, beside the lists of the night.
SOURCES: Mapping[str, str] = {
    **{kind.value: kind.label for kind in Kind},
    "session": "The last clicks",
    "context": "The category",
}
# Whose order is that of time: chance and values have no say in it.
IN_TIME = (Kind.NEW, Kind.RECENT)
KINDS = [kind for kind in Kind if kind not in (*IN_TIME, Kind.CONTENT)]
PREFERABLE: Mapping[str, str] = {
    "cheaper": "products that cost {value:g} or less",
    "dearer": "products that cost {value:g} or more",
    "newer": "products up to {value:g} days old",
    "margin": "products with a margin of {value:g} % or more",
    "brand": "products of {value}",
    "sale": "reduced products",
}
IN_NUMBERS = ("cheaper", "dearer", "newer", "margin")
MOST_EXPLORED, MOST_BOOST, LEAST_BOOST = 0.5, 10.0, -0.9
LARGEST = 1e9
LONGEST = 100


@dataclass(frozen=True)
class Change:
    """None and empty: as it was. Shares are of one.

    `boost` is added to 1 and multiplies the value of what is preferred.
    """

    exploration: float | None = None
    variety: float | None = None
    without: str = ""
    prefer: str = ""
    prefer_value: float | str | None = None
    boost: float = 0.5
    is_popular_first: bool = False

    @property
    def moves_values(self) -> bool:
        return bool(self.prefer or self.is_popular_first)

    def as_json(self) -> dict[str, Any]:
        """Only what is said."""
        said = {
            name: value
            for name, value in asdict(self).items()
            if value not in (None, "", False)
        }
        if not self.prefer:
            said.pop("boost", None)
        return said


FIELDS = frozenset(Change.__dataclass_fields__)


def changed(said: Any) -> Change:
    """From JSON. InvalidInputError says what is wrong, in words for merchants."""
    if not isinstance(said, Mapping) or not all(isinstance(n, str) for n in said):
        raise InvalidInputError("A change is an object with fields.")
    if unknown := sorted(set(said) - FIELDS):
        raise InvalidInputError(f"Nobody knows what this means: {unknown[0][:40]}.")
    change = Change(
        exploration=number(said, "exploration", 0, MOST_EXPLORED),
        variety=number(said, "variety", 0, 1),
        without=choice(said, "without", SOURCES),
        prefer=choice(said, "prefer", PREFERABLE),
        prefer_value=preferred(said),
        boost=boost_of(said),
        is_popular_first=said.get("is_popular_first") is True,
    )
    if not change.as_json():
        raise InvalidInputError("Say what would be different.")
    if change.prefer and change.is_popular_first:
        raise InvalidInputError(
            "Either popular products come first, or others are preferred."
        )
    return change


def number(
    said: Mapping[str, Any], name: str, least: float, most: float
) -> float | None:
    value = said.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInputError(f"{name}: a number is expected.")
    # So that NaN is refused, too.
    if not least <= value <= most:
        raise InvalidInputError(f"{name}: from {least:g} to {most:g}.")
    return float(value)


def choice(said: Mapping[str, Any], name: str, known: Mapping[str, str]) -> str:
    value = said.get(name) or ""
    if value and (not isinstance(value, str) or value not in known):
        raise InvalidInputError(f"{name}: one of {', '.join(sorted(known))}.")
    return str(value)


def preferred(said: Mapping[str, Any]) -> float | str | None:
    prefer = choice(said, "prefer", PREFERABLE)
    if prefer in IN_NUMBERS:
        value = number(said, "prefer_value", 0, LARGEST)
        if value is None:
            raise InvalidInputError("Say how much it is to be (prefer_value).")
        return value
    if prefer == "brand":
        text = said.get("prefer_value")
        if not isinstance(text, str) or not 0 < len(text.strip()) <= LONGEST:
            raise InvalidInputError("Say which brand (prefer_value).")
        return text.strip()
    return None


def boost_of(said: Mapping[str, Any]) -> float:
    boost = number(said, "boost", LEAST_BOOST, MOST_BOOST)
    if boost is None:
        return Change.boost
    if not boost and said.get("prefer"):
        raise InvalidInputError("A boost of 0 changes nothing.")
    return boost


def words(change: Change) -> str:
    """Such as: 10 % of places by chance; more of products of Velanne (+50 %)."""
    text = "; ".join(parts(change))
    return text[:1].upper() + text[1:]


def parts(change: Change) -> Iterator[str]:
    if change.exploration is not None:
        yield f"{100 * change.exploration:.4g} % of places by chance"
    if change.variety is not None:
        yield f"variety of {100 * change.variety:.4g} %"
    if change.without:
        yield f"“{SOURCES[change.without]}” only where nothing else is left"
    if change.prefer:
        what = PREFERABLE[change.prefer].format(value=change.prefer_value)
        more = "more" if change.boost > 0 else "less"
        yield f"{more} of {what} ({100 * change.boost:+.4g} %)"
    if change.is_popular_first:
        yield "popular products first"
