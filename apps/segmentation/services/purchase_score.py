"""What an exported model says of one visit: plain Python, a millisecond, in the web.

The model is learned by ml_models/intent, whose `Model.document` says what stands in it.
Contributions are exact: the base and all parts add up to the log-odds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# So many standard errors on each side: nine of ten, were all errors such as these.
WIDTH = 1.6449
LINEAR, TREES = "linear", "trees"


@dataclass(frozen=True)
class Score:
    """`low` and `high`: 1.645 standard errors on each side, by how far the members
    disagree; how often the truth lies between is not measured. `parts`: what each column adds to `base` in log-odds."""

    probability: float
    low: float
    high: float
    base: float
    parts: tuple[float, ...]

    @property
    def log_odds(self) -> float:
        return self.base + math.fsum(self.parts)


def chance(log_odds: float) -> float:
    """Of log-odds, without overflow."""
    if log_odds < 0:
        odds = math.exp(log_odds)
        return odds / (1 + odds)
    return 1 / (1 + math.exp(-log_odds))


def score(model: Mapping[str, Any], values: Sequence[float]) -> Score:
    """values: one for each of the model's columns, NaN where not known."""
    parts = [0.0] * len(values)
    worth = model["worth"]
    count = max(len(model["weights"]), len(model["forests"]))
    # Of each member, and of the average visit.
    said = [model["intercept"]] * count
    base = model["intercept"]
    if model["weights"]:
        terms = terms_of(model["terms"], values)
        for member, weights in enumerate(model["weights"]):
            share = worth[LINEAR] / count
            said[member] += worth[LINEAR] * add_terms(weights, terms, parts, share)
            base += share * weights[0]
    for member, forest in enumerate(model["forests"]):
        share = worth[TREES] / count
        said[member] += worth[TREES] * walk(forest, values, parts, share)
        starts = forest["values"]
        base += share * math.fsum(starts[root] for root in forest["roots"])
    middle = math.fsum(said) / count
    spread = math.fsum((one - middle) ** 2 for one in said) * (count - 1) / count
    reach = WIDTH * math.sqrt(spread)
    return Score(
        chance(middle),
        chance(middle - reach),
        chance(middle + reach),
        base,
        tuple(parts),
    )


# The columns that a term is of (a pair's two, or the same one twice), and its value.
Term = tuple[int, int, float]


def terms_of(terms: Mapping[str, Any], values: Sequence[float]) -> list[Term]:
    """As ml_models/intent/linear.py lays them out, less the average visit's."""
    found: list[Term] = []
    means = iter(terms["means"])
    read: list[tuple[int, float]] = []
    for number in terms["numbers"]:
        at = number["column"]
        value = values[at]
        z = read_number(number, value)
        read.append((at, z))
        plain = [float(math.isnan(value)), float(value == 0), z]
        plain += [max(z - knot, 0.0) for knot in number["knots"]]
        found += [(at, at, term - next(means)) for term in plain]
    for at, levels in terms["categories"]:
        value = values[at]
        found += [(at, at, (value == level) - next(means)) for level in range(levels)]
    for first, second in terms["pairs"]:
        (a, one), (b, other) = read[first], read[second]
        found.append((a, b, one * other - next(means)))
    return found


def read_number(number: Mapping[str, Any], value: float) -> float:
    if math.isnan(value):
        return 0.0
    log = math.copysign(math.log1p(abs(value) / number["scale"]), value)
    kept = min(max(log, number["low"]), number["high"])
    return float((kept - number["mean"]) / number["sd"])


def add_terms(
    weights: Sequence[float], terms: Sequence[Term], parts: list[float], share: float
) -> float:
    """The member's log-odds. A pair's part belongs to both, half each."""
    total = weights[0]
    for weight, (a, b, value) in zip(weights[1:], terms, strict=True):
        part = weight * value
        total += part
        half = share * part / 2
        parts[a] += half
        parts[b] += half
    return total


def walk(
    forest: Mapping[str, Any],
    values: Sequence[float],
    parts: list[float],
    share: float,
) -> float:
    """The member's log-odds: each tree's leaf. On the way to it, what a question
    changes is what its column adds."""
    columns, thresholds = forest["columns"], forest["thresholds"]
    lefts, rights = forest["lefts"], forest["rights"]
    means, sets, missing = forest["values"], forest["sets"], forest["missing_left"]
    total = 0.0
    for node in forest["roots"]:
        here = means[node]
        at = columns[node]
        while at >= 0:
            value = values[at]
            if thresholds[node] is None:
                goes_left = value in sets[str(node)]
            elif value != value:
                goes_left = missing[node]
            else:
                goes_left = value <= thresholds[node]
            node = lefts[node] if goes_left else rights[node]
            there = means[node]
            parts[at] += share * (there - here)
            here = there
            at = columns[node]
        total += here
    return total
