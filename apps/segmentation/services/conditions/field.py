"""What a condition may ask about: declared once, for parsing, querying and pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import (
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import NullIf

from apps.accounts.models import Store
from apps.segmentation.services.conditions.deeds import Asked


class Kind(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    # One of a closed list.
    CHOICE = "choice"
    # Yes or no; unknown is neither.
    FLAG = "flag"
    # A few keys of each customer, such as the brands that they buy most.
    KEYS = "keys"


# How each kind is compared, in the words of the form. Nothing holds of a value that
# is unknown, but for "unknown" itself and for what says "not": that holds.
COMPARISONS: Mapping[Kind, Mapping[str, str]] = {
    Kind.NUMBER: {
        "at_least": "is at least",
        "at_most": "is at most",
        "more_than": "is more than",
        "less_than": "is less than",
        "between": "is between",
        "equals": "is",
        "not_equals": "is not",
        "known": "is known",
        "unknown": "is not known",
    },
    Kind.TEXT: {
        "equals": "is",
        "not_equals": "is not",
        "one_of": "is one of",
        "none_of": "is none of",
        "contains": "contains",
        "starts_with": "starts with",
        "known": "is known",
        "unknown": "is not known",
    },
    Kind.CHOICE: {
        "equals": "is",
        "not_equals": "is not",
        "one_of": "is one of",
        "none_of": "is none of",
        "known": "is known",
        "unknown": "is not known",
    },
    Kind.FLAG: {"yes": "yes", "no": "no", "known": "known", "unknown": "not known"},
    Kind.KEYS: {
        "has_one_of": "has one of",
        "has_none_of": "has none of",
        "known": "is known",
        "unknown": "is not known",
    },
}
# Their opposite says the rest.
NEGATED = {
    "not_equals": "equals",
    "none_of": "one_of",
    "has_none_of": "has_one_of",
    "unknown": "known",
}


@dataclass(frozen=True)
class Sheet:
    """A table that says something about customers.

    `is_many`: a customer may have several rows, and one of them that fits is enough.
    `written` is the column that says when a row was written, where one does; `where`
    leaves rows out, such as those of a version that serves no more.
    """

    model: type[Any]
    is_many: bool = False
    written: str = ""
    where: tuple[tuple[str, Any], ...] = ()

    def rows(self, store: Store) -> QuerySet[Any]:
        found: QuerySet[Any] = self.model.objects.of(store)
        return found.filter(**dict(self.where))


@dataclass(frozen=True)
class Field:
    """`expression` makes the value out of a row of `sheet` (None: of the customer's own
    row). Null is unknown, unless there is a `default`, which stands where no row is,
    too."""

    name: str
    kind: Kind
    label: str
    words: str
    group: str
    expression: Callable[[Asked], Any]
    sheet: Sheet | None = None
    unit: str = ""
    choices: Sequence[tuple[str, str]] = ()
    default: float | None = None
    # Keys lie in a JSON list of so many at most; see `keys`.
    most_keys: int = 0


class JsonNumber(Func):
    """A number in a JSON column; null where there is none. The name is never a
    caller's: it stands in the statement."""

    output_field = FloatField()

    def __init__(self, column: str, name: str) -> None:
        super().__init__(F(column))
        self.extra["name"] = name

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "CAST(JSON_EXTRACT(%(expressions)s, '$.%(name)s') AS REAL)"
        return self.as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "(%(expressions)s ->> '%(name)s')::double precision"
        return self.as_sql(compiler, connection, template=template, **more)


class JsonKey(Func):
    """The key of the so-manieth of [{"key": "M", "share": 0.8}, …]."""

    output_field = TextField()

    def __init__(self, column: str, name: str, place: int) -> None:
        super().__init__(F(column))
        self.extra |= {"name": name, "place": place}

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "JSON_EXTRACT(%(expressions)s, '$.%(name)s[%(place)d].key')"
        return self.as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "(%(expressions)s #>> '{%(name)s,%(place)d,key}')"
        return self.as_sql(compiler, connection, template=template, **more)


class Folded(Func):
    """Without difference of A to Z and a to z. Other letters stay as they are, since
    SQLite knows no more: the same on every database."""

    output_field = TextField()
    function = "LOWER"
    CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        small = self.CAPITALS.lower()
        template = f"TRANSLATE(%(expressions)s, '{self.CAPITALS}', '{small}')"
        return self.as_sql(compiler, connection, template=template, **more)


FOLD = str.maketrans(Folded.CAPITALS, Folded.CAPITALS.lower())


def folded(text: str) -> str:
    return text.translate(FOLD)


def column(name: str) -> Callable[[Asked], Any]:
    """A number of a column of its own. Of an integer's, too, halves are asked."""
    return lambda asked: ExpressionWrapper(F(name), FloatField())


def text_column(name: str) -> Callable[[Asked], Any]:
    """Empty is unknown."""
    return lambda asked: NullIf(F(name), Value(""))
