"""What a step means for shoppers, before it is taken."""

from __future__ import annotations

from apps.experiments import words
from apps.experiments.models import Experiment, Unit, Variant
from apps.experiments.services.running import WATCH_SHARE


def question(step: str, row: Experiment) -> str:
    variants = list(row.variants.all())
    control = next((one.name for one in variants if one.is_control), "the control")
    if row.is_holdout:
        return of_holdout(step, row, variants)
    most = words.percent(1 - WATCH_SHARE)
    known = "" if row.verdict == "better" else "It is not known to be better. "
    said = {
        "start": starts(row, variants),
        "pause": f"Everybody sees “{control}” until it goes on, and nobody new takes part.",
        "resume": "Whoever took part sees the same variant as before the pause.",
        "stop": f"Everybody sees “{control}” from now on. What was measured is kept. "
        "A stopped test cannot go on.",
        "apply": f"{known}From now on {most} of everybody see the winner. The others stay with "
        f"“{control}” for {row.watch_days} days, so that it shows whether the winner "
        "remains better. If it turns out worse, it is taken back by itself.",
        "take_back": f"Everybody sees “{control}” again, as before the test.",
    }
    return said[step]


def starts(row: Experiment, variants: list[Variant]) -> str:
    shares = words.shares_of(variants)
    told = ", ".join(
        f"{share} “{one.name}”" for one, share in zip(variants, shares, strict=True)
    )
    whom = {
        Unit.PERSON: "people",
        Unit.PRODUCT: "products, the same for whoever looks,",
        Unit.PERIOD: f"stretches of {row.period_hours} hours, the same for everybody,",
    }[Unit(row.unit)]
    part = "All" if row.traffic >= 1 else f"{words.percent(row.traffic)} of all"
    return (
        f"{part} {whom} are shared out by chance: {told}. "
        "Shares and variants then stay as they are until it ends."
    )


def of_holdout(step: str, row: Experiment, variants: list[Variant]) -> str:
    shares = dict(zip(variants, words.shares_of(variants), strict=True))
    alone = next((share for one, share in shares.items() if one.is_control), "0 %")
    place = "" if not row.place else f" at {words.place_name(row)}"
    said = {
        "start": f"From now on {alone} of people, drawn by chance and always the same ones, are "
        f"shown nothing of LuxeBrain{place}. The rest see everything.",
        "pause": "Everybody is shown everything, and nobody new is counted.",
        "resume": "The same people as before are left alone again.",
        "stop": "Everybody is shown everything from now on. What was measured is kept, but nothing "
        "new is: without people left alone nobody can say what LuxeBrain brings.",
    }
    return said.get(step, "This is no test: there is no winner.")
