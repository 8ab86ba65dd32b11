"""What stands on the page of one test."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import QueryDict
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.merchant_admin import Cell, Panel, label_cell
from apps.core.merchant_admin.show import NOTHING, day, moment
from apps.decisions.models import Decision
from apps.decisions.services.sentence import sentence
from apps.experiments import words
from apps.experiments.models import Experiment, Metric, Policy, Reading, Unit, Variant

HISTORY = 50
# What the page advises beside what the look found.
ADVICE = {
    "sample_ratio": "Do not trust these figures. Find out which page loses people of one variant, then start anew.",
    "mixed": "A few are normal. Many: have customers sign in earlier, or test by product.",
    "other_currency": "Sums never mix currencies. Nothing to do if these are few.",
    "cost_unknown": "Write costs into Products, so that margins are known.",
    "no_exposures": "Look at the place in your shop; else stop the test.",
    "too_small": "Let more people take part next time, or look for a larger change. A test that ends unsure is an answer, too.",
    "guard_worse": "Think twice before you apply it: this is what it costs.",
}


def page(store: Store, row: Experiment, asked: QueryDict) -> dict[str, Any]:
    """Four queries: variants, the last day's readings, one curve, the history."""
    variants = list(row.variants.all())
    treatments = [one for one in variants if not one.is_control]
    phase = phase_of(row, asked)
    latest = newest(store, row, phase)
    metric = asked.get("metric", "")
    metric = metric if metric in Metric.values else row.metric
    chosen = next(
        (one for one in treatments if str(one.pk) == asked.get("variant")), None
    ) or leading(row, treatments, latest)
    return {
        "answer": verdict(row, treatments, latest),
        "tiles": tiles(row, variants, latest),
        "flags": flags(row),
        "chart": chart(store, row, phase, metric, chosen),
        "metrics": options(row, latest, metric, chosen, phase),
        "arms": arms(treatments, metric, chosen, phase),
        "phases": phases(row, phase),
        "panels": [
            shared_out(row, variants, latest),
            *(figures(store, one, latest) for one in treatments),
            guards(store, row, treatments, latest),
            history(store, row),
        ],
    }


def phase_of(row: Experiment, asked: QueryDict) -> int:
    said = asked.get("phase", "")
    known = [str(number) for number in range(1, row.phase + 1)]
    return int(said) if said in known else row.phase


def newest(store: Store, row: Experiment, phase: int) -> list[Reading]:
    """What the last look said of each variant, metric by metric."""
    rows = Reading.objects.of(store).filter(experiment=row, phase=phase)
    same = rows.filter(variant=OuterRef("variant"), metric=OuterRef("metric"))
    last = same.order_by("-on").values("on")[:1]
    return list(rows.filter(on=Subquery(last)).order_by("variant", "pk"))


def deciding(row: Experiment, latest: Iterable[Reading]) -> Reading | None:
    """What the verdict is about: of several variants the one that moved most."""
    main = [one for one in latest if one.metric == row.metric]
    fitting = [one for one in main if one.answer == row.verdict] or main
    return max(fitting, key=lambda one: one.relative or 0.0, default=None)


def leading(
    row: Experiment, treatments: Sequence[Variant], latest: Iterable[Reading]
) -> Variant | None:
    """Whom the page is about first: the winner, else whom the verdict is about."""
    best = deciding(row, latest)
    first = row.winner_id or (best.variant_id if best else None)
    fitting = [one for one in treatments if one.pk == first]
    return next(iter([*fitting, *treatments]), None)


def verdict(
    row: Experiment, treatments: Sequence[Variant], latest: Iterable[Reading]
) -> dict[str, str]:
    """The sentence that stands on top; it names its variant where there are more."""
    best = deciding(row, latest)
    if best is None:
        waits = row.started_at is None
        said = (
            "It has not been started."
            if waits
            else "The first look comes within an hour."
        )
        return {"name": "Not known yet", "tone": "quiet", "sentence": said, "of": ""}
    names = {one.pk: one.name for one in treatments} if treatments[1:] else {}
    return {
        "name": words.answer_name(best.answer),
        "tone": words.TONES.get(best.answer, "quiet"),
        "sentence": best.sentence.replace(" %", words.PERCENT),
        "of": names.get(best.variant_id, ""),
    }


def tile(name: str, value: str, trend: str = "") -> dict[str, str]:
    return {"name": name, "value": value, "trend": trend, "tone": "quiet"}


def tiles(
    row: Experiment, variants: Sequence[Variant], latest: Sequence[Reading]
) -> list[dict[str, str]]:
    counted = people(row, variants, latest)
    shown = [tile("State", words.state_name(row), ran(row))]
    name = {Unit.PRODUCT: "Products", Unit.PERIOD: "Stretches of time"}
    shown.append(
        tile(
            name.get(Unit(row.unit), "People"),
            f"{sum(counted.values()):,}" if counted else NOTHING,
            needed(row),
        )
    )
    left = [one.days_left for one in latest if one.metric == row.metric]
    known = [one for one in left if one is not None]
    if not row.is_holdout:
        least = f"{row.min_days} days at least, {row.max_days} at most"
        shown.append(
            tile("Days to go", words.days_to_go(row, max(known, default=None)), least)
        )
    shown.append(
        tile("Decided by", row.get_metric_display(), f"what moves less than {words.percent(row.matters)} does not count")
    )  # fmt: skip
    return shown


def ran(row: Experiment) -> str:
    if row.started_at is None:
        return f"written down {day(row.created_at)}"
    if row.ended_at:
        return f"{day(row.started_at)} to {day(row.ended_at)}"
    since = words.days(timezone.now() - row.started_at)
    return f"since {day(row.started_at)}, {since}"


def needed(row: Experiment) -> str:
    if row.target_people is None:
        return ""
    return f"about {row.target_people:,.0f} needed in each group"


def people(
    row: Experiment, variants: Sequence[Variant], latest: Iterable[Reading]
) -> dict[int, int]:
    """By variant; empty before the first look."""
    main = [one for one in latest if one.metric == row.metric]
    found = {one.variant_id: one.people for one in main}
    for control in variants if main else ():
        if control.is_control:
            found[control.pk] = max(one.control_people for one in main)
    return found


def flags(row: Experiment) -> list[dict[str, str]]:
    return [
        {
            "text": str(one.get("text", "")),
            "advice": ADVICE.get(str(one.get("code", "")), ""),
        }
        for one in row.flags
        if isinstance(one, dict)
    ]


def chart(
    store: Store, row: Experiment, phase: int, metric: str, variant: Variant | None
) -> dict[str, Any]:
    """The effect so far, day by day, with its interval; shown as it was each day."""
    rows = list(
        Reading.objects.of(store)
        .filter(experiment=row, phase=phase, metric=metric, variant=variant)
        .order_by("on")
    )
    is_relative = any(one.relative_low is not None for one in rows)
    names = ("relative", "relative_low", "relative_high")
    names = names if is_relative else ("absolute", "low", "high")
    scale = 100.0 if is_relative or metric in words.SHARES else 1.0
    middle, low, high = ([scaled(one, name, scale) for one in rows] for name in names)
    return {
        "drawn": {
            "labels": [f"{one.on:%-d %b}" for one in rows],
            "middle": middle, "low": low, "high": high,
            "matters": 100 * row.matters if is_relative else None,
            "unit": " %" if is_relative else "",
            "names": {"middle": "Change so far", "band": "Surely between"},
        },
        "title": f"{Metric(metric).label}: “{variant or NOTHING}” against the control",
        "rows": [
            {
                "day": f"{one.on:%-d %b %Y}",
                "people": f"{one.people + one.control_people:,}",
                "change": words.change(one, store.currency),
                "between": words.between(one, store.currency),
            }
            for one in rows
        ],
    }  # fmt: skip


def scaled(row: Reading, name: str, scale: float) -> float | None:
    value: float | None = getattr(row, name)
    if value is None or not math.isfinite(value):
        return None
    return round(scale * value, 4)


def address(metric: str, variant: Variant | None, phase: int) -> str:
    return (
        f"?metric={metric}&variant={variant.pk if variant else ''}&phase={phase}#curve"
    )


def options(
    row: Experiment,
    latest: Iterable[Reading],
    chosen: str,
    variant: Variant | None,
    phase: int,
) -> list[dict[str, Any]]:
    """Metrics that were looked at, the deciding one first."""
    found = dict.fromkeys([row.metric, *(one.metric for one in latest), chosen])
    return [
        {
            "name": Metric(name).label,
            "url": address(name, variant, phase),
            "is_chosen": name == chosen,
        }
        for name in found
    ]


def arms(
    treatments: Sequence[Variant], metric: str, chosen: Variant | None, phase: int
) -> list[dict[str, Any]]:
    if len(treatments) < 2:
        return []
    return [
        {
            "name": one.name,
            "url": address(metric, one, phase),
            "is_chosen": one == chosen,
        }
        for one in treatments
    ]


def phases(row: Experiment, chosen: int) -> list[dict[str, Any]]:
    if row.phase < 2:
        return []
    names = {1: "The test", 2: "The winner, watched"}
    return [
        {
            "name": names.get(number, f"Part {number}"),
            "url": f"?phase={number}",
            "is_chosen": number == chosen,
        }
        for number in range(1, row.phase + 1)
    ]


def shared_out(
    row: Experiment, variants: Sequence[Variant], latest: Iterable[Reading]
) -> Panel:
    counted, shares = people(row, variants, latest), words.shares_of(list(variants))
    is_bandit = row.policy != Policy.FIXED
    extra = ("Given now",) if is_bandit else ()
    rows = [
        (
            Cell(f"{one.name} ✓" if one.pk == row.winner_id else one.name),
            Cell(words.does(row.kind, one.config)),
            Cell(share, is_number=True),
            *([Cell(words.percent(one.chance), is_number=True)] if is_bandit else []),
            Cell(f"{counted[one.pk]:,}" if one.pk in counted else NOTHING, is_number=True),
        )
        for one, share in zip(variants, shares, strict=True)
    ]  # fmt: skip
    if row.is_holdout:
        rows = [(rows[n][0], Cell(text), *rows[n][2:]) for n, text in holds(variants)]
    return Panel(
        "Variants",
        ("Variant", "What they see", "Share", *extra, "People"),
        rows,
        note=""
        if row.traffic >= 1
        else f"{words.percent(row.traffic)} of people take part.",
    )


def holds(variants: Sequence[Variant]) -> list[tuple[int, str]]:
    return [
        (n, "Nothing of LuxeBrain" if one.is_control else "Everything")
        for n, one in enumerate(variants)
    ]


def figures(store: Store, variant: Variant, latest: Iterable[Reading]) -> Panel:
    rows = [
        (
            Cell(one.get_metric_display()),
            Cell(words.figure(one.metric, one.control_mean, store.currency), is_number=True),
            Cell(words.figure(one.metric, one.mean, store.currency), is_number=True),
            Cell(words.change(one, store.currency), is_number=True),
            Cell(words.between(one, store.currency), is_number=True),
            Cell(words.percent(one.chance_better), is_number=True),
            Cell(loss(one, store.currency), is_number=True),
            Cell(words.percent(one.variance_left, 0), is_number=True),
            label_cell(words.answer_name(one.answer), words.TONES.get(one.answer, "quiet")),
        )
        for one in latest
        if one.variant_id == variant.pk
    ]  # fmt: skip
    return Panel(
        f"What “{variant.name}” changed",
        (
            "Per person", "Control", "With it", "Change", "Surely between",
            "Chance to be better", "Cost of a wrong choice", "Noise left", "Verdict",
        ),
        rows,
        note="Net of refunds, in your store's currency, since each person could see a difference. "
        "“Surely between” may be looked at every day. “Noise left”: how much chance remains after "
        "what people bought before is taken out.",
        empty="Nothing was measured yet.",
    )  # fmt: skip


def loss(row: Reading, currency: str) -> str:
    if row.metric in words.AMOUNTS:
        return words.figure(row.metric, row.expected_loss, currency)
    return NOTHING if row.expected_loss is None else f"{row.expected_loss:.4f}"


def guards(
    store: Store,
    row: Experiment,
    treatments: Sequence[Variant],
    latest: Sequence[Reading],
) -> Panel:
    names = {one.pk: one.name for one in treatments}
    rows = [
        (
            Cell(one.get_metric_display()),
            Cell(names.get(one.variant_id, "")),
            Cell(words.between(one, store.currency), is_number=True),
            label_cell(*kept(one.answer)),
        )
        for one in latest
        if one.metric in row.guards
    ]
    waiting = [
        Metric(name).label.lower() for name in row.guards if name in Metric.values
    ]
    return Panel(
        "What must not get worse",
        ("What", "Variant", "Surely between", ""),
        rows,
        note="A variant that makes one of these worse never wins by itself." if rows else "",
        empty=f"Not looked at yet: {', '.join(waiting)}." if waiting else "No guards were set.",
    )  # fmt: skip


def kept(answer: str) -> tuple[str, str]:
    if answer == "worse":
        return "Made worse", "bad"
    if answer == "not_known":
        return "Not known yet", "quiet"
    return "Kept", "good"


def history(store: Store, row: Experiment) -> Panel:
    logged = Decision.objects.of(store).filter(subject=f"experiment:{row.pk}")
    rows = [
        (moment(one.created_at), sentence(one.reason))
        for one in logged.order_by("-created_at")[:HISTORY]
    ]
    return Panel(
        "What happened so far",
        ("When", "What"),
        rows,
        empty=f"Written down on {moment(row.created_at)}.",
    )
