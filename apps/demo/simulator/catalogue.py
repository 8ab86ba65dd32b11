"""Which products there are: name, look, price, cost, launch, colors, sizes.

Arrays: P products, V variants, S styles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apps.demo.simulator import palette
from apps.demo.simulator.assortment import BRANDS, KINDS, SIZES, STYLES, Kind
from apps.demo.simulator.plan import Bools, Floats, Ints, Plan
from apps.demo.simulator.wording import describe, occasion_of, title

CENTS_ENDINGS = 90


@dataclass(frozen=True)
class Look:
    """What can be read and seen of one product."""

    name: str
    slug: str
    sku: str
    description: str
    short: str
    arabic: str
    material: str
    grain: str
    pattern: str
    occasion: str
    shape: dict[str, str]
    colors: tuple[int, ...]
    sizes: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    looks: tuple[Look, ...]
    category: Ints  # (P,) index into KINDS
    brand: Ints  # (P,) index into BRANDS
    price: Ints  # (P,) regular price in cents at launch
    cost: Ints  # (P,) cents
    launch: Ints  # (P,) day; negative for what was there before day 0
    last: Ints  # (P,) day after which it is not bought in again
    is_core: Bools  # (P,) restocked all year
    heat: Floats  # (P,) +1 summer, -1 winter
    appeal: Floats  # (P,) log of how well it is liked by everyone
    style: Floats  # (P, S)
    fit: Floats  # (P,) sizes it runs large by; truth only
    variant_product: Ints  # (V,)
    variant_size: Ints  # (V,) index into the product's sizes
    variant_color: Ints  # (V,) index into PALETTE

    @property
    def count(self) -> int:
        return len(self.looks)


def design(plan: Plan) -> Catalogue:
    rng = plan.rng("catalogue")
    category = _categories(plan, rng)
    count = len(category)
    brand = _brands(category, rng)
    launch, last, is_core = _life(plan, count, rng)
    taken: set[str] = set()
    looks = [_look(n, KINDS[kind], rng, taken) for n, kind in enumerate(category)]
    heat = np.array([KINDS[c].heat for c in category]) + rng.normal(0, 0.25, count)
    heat += [_heat_of(look) for look in looks]
    price, cost = _prices(category, brand, looks, rng)
    product, size, color = _variants(looks)
    return Catalogue(
        looks=tuple(looks),
        category=category,
        brand=brand,
        price=price,
        cost=cost,
        launch=launch,
        last=last,
        is_core=is_core,
        heat=heat,
        appeal=rng.normal(0, 0.55, count),
        style=_styles(category, brand, looks, rng),
        fit=np.round(rng.normal(0, 0.28, count), 3),
        variant_product=product,
        variant_size=size,
        variant_color=color,
    )


def _categories(plan: Plan, rng: np.random.Generator) -> Ints:
    """Shares of categories, at least one product each, in mixed order."""
    shares = np.array([kind.share for kind in KINDS])
    counts = np.maximum(1, np.floor(shares / shares.sum() * plan.products)).astype(int)
    while counts.sum() > plan.products:
        counts[counts.argmax()] -= 1
    counts[0] += plan.products - counts.sum()
    mixed: Ints = rng.permutation(np.repeat(np.arange(len(KINDS)), counts))
    return mixed


def _brands(category: Ints, rng: np.random.Generator) -> Ints:
    """Brands make what suits their style."""
    kinds = np.array([kind.style for kind in KINDS])
    styles = np.array([brand.style for brand in BRANDS])
    score: Floats = 1.1 * kinds[category] @ styles.T
    score += rng.gumbel(size=score.shape)
    best: Ints = score.argmax(axis=1)
    return best


def _life(plan: Plan, count: int, rng: np.random.Generator) -> tuple[Ints, Ints, Bools]:
    """A third was there before; the rest comes in two big drops a year and between."""
    launch = np.where(
        rng.random(count) < 0.68,
        rng.integers(-300, 0, count),
        rng.integers(0, max(2, plan.days - 4), count),
    )
    month = (plan.start.month - 1 + launch // 30) % 12
    moves = (launch > 40) & ~np.isin(month, (1, 2, 7, 8)) & (rng.random(count) < 0.35)
    launch = np.where(moves, launch - rng.integers(0, 40, count), launch)
    is_core = rng.random(count) < 0.68
    last = np.where(is_core, plan.horizon, launch + rng.integers(170, 360, count))
    return launch, np.maximum(last, 30), is_core


def _look(number: int, kind: Kind, rng: np.random.Generator, taken: set[str]) -> Look:
    shape = {name: str(rng.choice(options)) for name, options in kind.choices.items()}
    if shape["kind"] == "hat":
        shape["style"] = "wide"
    material = str(rng.choice(list(kind.materials)))
    grain = kind.materials[material]
    names, weights = list(kind.patterns), np.array(list(kind.patterns.values()))
    pattern = str(rng.choice(names, p=weights / weights.sum()))
    if shape["kind"] == "hat":
        material, grain, pattern = "Straw", "linen", "plain"
    if shape.get("style") in {"biker", "puffer"}:
        material, grain = (
            ("Leather", "leather")
            if shape["style"] == "biker"
            else ("Quilted", "satin")
        )
        pattern = "plain"
    occasion = occasion_of(kind.slug, shape, material, rng)
    name = title(kind.slug, shape, material, pattern, rng, taken)
    text, short, arabic = describe(kind.slug, name, shape, material, pattern, occasion)
    return Look(
        name=name,
        slug=name.lower().replace(" ", "-").replace("é", "e"),
        sku=f"{kind.slug[:2].upper()}{number + 1:04d}",
        description=text,
        short=short,
        arabic=arabic,
        material=material,
        grain=grain,
        pattern=pattern,
        occasion=occasion,
        shape=shape,
        colors=_colors(kind, pattern, rng),
        sizes=SIZES[kind.sizes],
    )


def _colors(kind: Kind, pattern: str, rng: np.random.Generator) -> tuple[int, ...]:
    many = int(rng.choice([1, 2, 3, 4], p=[0.06, 0.17, 0.36, 0.41]))
    if pattern != "plain":
        many = min(many, 2)
    picks = rng.permutation(len(kind.colors))
    chosen: list[int] = []
    families: set[int] = set()
    for pick in picks:
        index = palette.INDEX[kind.colors[pick]]
        if palette.FAMILY_OF[index] in families and kind.sizes != "trouser":
            continue
        families.add(palette.FAMILY_OF[index])
        chosen.append(index)
        if len(chosen) == many:
            break
    return tuple(chosen)


def _heat_of(look: Look) -> float:
    shift = {
        "Linen": 0.4,
        "Cashmere Blend": -0.2,
        "Merino": -0.2,
        "Wool Blend": -0.6,
        "Straw": 1.3,
    }
    by_shape = {
        "straps": 0.35,
        "none": 0.25,
        "long": -0.25,
        "boot": -0.9,
        "sandal": 0.8,
        "puffer": -0.3,
        "blazer": 0.6,
        "trench": 0.45,
        "loop": -0.4,
    }
    heat = shift.get(look.material, 0.0)
    heat += sum(by_shape.get(value, 0.0) for value in look.shape.values())
    return heat + (0.2 if look.pattern == "floral" else 0.0)


def _prices(
    category: Ints, brand: Ints, looks: list[Look], rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Regular prices end in .90; margin differs by category and by product."""
    base = np.array([kind.price for kind in KINDS])[category]
    level = np.array([b.level for b in BRANDS])[brand]
    dear = {
        "Cashmere Blend": 1.6,
        "Silk": 1.5,
        "Satin": 1.12,
        "Leather": 1.3,
        "Merino": 1.15,
    }
    material = np.array([dear.get(look.material, 1.0) for look in looks])
    euros = base * level * material * np.exp(rng.normal(0, 0.2, len(looks)))
    price = (np.maximum(9, np.round(euros)).astype(np.int64) - 1) * 100 + CENTS_ENDINGS
    margin = np.array([kind.margin for kind in KINDS])[category]
    margin = np.clip(margin + rng.normal(0, 0.05, len(looks)), 0.38, 0.8)
    return price, np.round(price * (1 - margin)).astype(np.int64)


def _styles(
    category: Ints, brand: Ints, looks: list[Look], rng: np.random.Generator
) -> Floats:
    """(P, S): kind and brand, what the look adds, and the designer's own hand."""
    style = np.array([kind.style for kind in KINDS])[category] * 0.7
    style = style + np.array([b.style for b in BRANDS])[brand] * 0.8
    adds = {
        "floral": 1,
        "lace": 1,
        "plain": 2,
        "animal": 3,
        "watercolor": 4,
        "paisley": 4,
        "checked": 0,
        "striped": 7,
    }
    for row, look in enumerate(looks):
        if look.pattern in adds:
            style[row, adds[look.pattern]] += 0.45
        if look.shape.get("length") == "mini":
            style[row, STYLES.index("modest")] -= 0.7
        if look.shape.get("sleeve") in {"long", "bishop"}:
            style[row, STYLES.index("modest")] += 0.3
    style = style + rng.normal(0, 0.3, style.shape)
    unit: Floats = style / np.linalg.norm(style, axis=1, keepdims=True)
    return unit


def _variants(looks: list[Look]) -> tuple[Ints, Ints, Ints]:
    rows = [
        (product, size, color)
        for product, look in enumerate(looks)
        for color in look.colors
        for size in range(len(look.sizes))
    ]
    table = np.array(rows, dtype=np.int64)
    return table[:, 0], table[:, 1], table[:, 2]
