"""Products that look like a picture.

1. Candidates: pictures that share a main color, by the database, some thousands at most.
2. All of them are ranked by their cosine to what is looked for; a product counts with
   the picture of it that is most alike.
3. From the best on, what may be shown now is kept, until there are enough.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from django.db.models import Case, IntegerField, QuerySet, Value, When

from apps.accounts.models import Store
from apps.shop.models import Product
from apps.visual_search.models import Look
from apps.visual_search.services.describe import (
    LENGTH,
    MAKER,
    STORED,
    Described,
    parts_of,
)
from apps.visual_search.services.lab import Floats

# What the decision log calls an answer.
ANSWERED = "visual_search.answered"
MOST_CANDIDATES = 6_000
# With fewer products of its colors, those of all colors are looked through.
FEW = 40
# Of a shopper's picture: the light of a room makes one color two.
COLORS_ASKED = 3
# Of those that are most alike, so many at a time are asked for whether they are there.
STEP = 100
# From which cosine on a part is named as the reason; measured on the demo shop, where
# of two pictures of one color nine in ten reach the first.
ALIKE = {"color": 0.9, "pattern": 0.96, "shape": 0.85}
# SQLite gives bytes, PostgreSQL views of them.
Stored = bytes | memoryview
Rows = list[tuple[int, Stored]]


@dataclass(frozen=True, slots=True)
class Found:
    """`score` is the cosine; `alike` names the parts that are: color, pattern, shape."""

    product: int
    score: float
    alike: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """`compared`: (product, score) of all, best first, may they be shown or not."""

    found: tuple[Found, ...] = ()
    compared: tuple[tuple[int, float], ...] = ()
    colors: tuple[str, ...] = ()


def search(
    store: Store,
    wanted: Described,
    offered: QuerySet[Product],
    limit: int,
    exclude: Collection[int] = (),
) -> Results:
    """`offered`: products of this store that may be shown."""
    colors = tuple(str(color) for color in wanted.colors[:COLORS_ASKED])
    rows = candidates(store, colors, exclude)
    looks = matrix_of([numbers for _, numbers in rows])
    scores = (looks @ wanted.numbers).astype(np.float64).round(4).tolist()
    best: dict[int, int] = {}
    for at in sorted(range(len(rows)), key=lambda at: (-scores[at], -rows[at][0])):
        best.setdefault(rows[at][0], at)
    shown = islice(there(list(best), offered), limit)
    return Results(
        tuple(
            Found(pk, scores[best[pk]], alike(wanted.numbers, looks[best[pk]]))
            for pk in shown
        ),
        tuple((pk, scores[at]) for pk, at in best.items()),
        colors,
    )


def similar(
    store: Store,
    product: int,
    offered: QuerySet[Product],
    limit: int,
    exclude: Collection[int] = (),
) -> Results:
    """To a product's first picture; nothing where none of it is described."""
    looks = Look.objects.of(store).known(MAKER).filter(product=product)
    look = looks.order_by("image__position", "pk").first()
    if look is None:
        return Results()
    wanted = Described(matrix_of([look.numbers])[0], look.colors)
    return search(store, wanted, offered, limit, {product, *exclude})


def candidates(store: Store, colors: Sequence[str], exclude: Collection[int]) -> Rows:
    looks = Look.objects.of(store).known(MAKER).offered()
    if exclude:
        looks = looks.exclude(product__in=exclude)
    is_first = When(color_1=colors[0], then=Value(0))
    ordered = looks.order_by(
        Case(is_first, default=Value(1), output_field=IntegerField()),
        "-product",
        "pk",
    ).values_list("product_id", "numbers")
    found = list(ordered.filter(pk__in=looks.colored(colors))[:MOST_CANDIDATES])
    if len({product for product, _ in found}) >= FEW:
        return found
    return list(ordered[:MOST_CANDIDATES])


def matrix_of(numbers: Sequence[Stored]) -> Floats:
    """(pictures, LENGTH)"""
    joined = np.frombuffer(b"".join(bytes(one) for one in numbers), STORED)
    return joined.reshape(-1, LENGTH).astype(np.float32)


def there(products: Sequence[int], offered: QuerySet[Product]) -> Iterator[int]:
    """Those that may be shown, in their order."""
    for first in range(0, len(products), STEP):
        part = products[first : first + STEP]
        shown = set(offered.filter(pk__in=part).values_list("pk", flat=True))
        yield from (pk for pk in part if pk in shown)


def alike(one: Floats, other: Floats) -> tuple[str, ...]:
    ours, theirs = parts_of(one), parts_of(other)
    near = {name: cosine(ours[name], theirs[name]) for name in ours}
    near["shape"] = (near["outline"] + near["edges"]) / 2
    return tuple(name for name, least in ALIKE.items() if near[name] >= least)


def cosine(one: Floats, other: Floats) -> float:
    """0 where one of them says nothing."""
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / length if length > 1e-6 else 0.0
