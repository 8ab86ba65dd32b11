"""All that one page of the shop shows of us, in one answer.

Shelves are filled in the order of the page's places; what stands on one is not named by
those after it. Each shelf is a decision of its own, and so is the banner; all of them are
one statement, written before the answer leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from apps.accounts.models import Store
from apps.decisions.services import log
from apps.decisions.services.sentence import because
from apps.experiments.services.assign import Who
from apps.recommendations.services.answer import Page
from apps.recommendations.services.answering.ask import Answer, Chance
from apps.recommendations.services.answering.ask import Place as Stands
from apps.recommendations.services.answering.reading import Remembered
from apps.recommendations.services.segments import group_of
from apps.segmentation.services.kinds import code_asked
from apps.storefront.models import Place
from apps.storefront.services.defaults import neutral_title
from apps.storefront.services.hero import Hero, banner_for, depends_on_kind
from apps.storefront.services.lines import lines_for
from apps.storefront.services.page.faces import Face, faces_of, forget_changed
from apps.storefront.services.page.visit import Visit
from apps.storefront.services.plans import Plan, plans_of
from apps.storefront.services.segments import learned, name_of

NOBODY = "nobody"
BANNER = "storefront.banner"
# For how long a copy of an answer that is the same for all is taken for fresh.
FRESH_SECONDS = 300
Body = dict[str, Any]


def compose(store: Store, visit: Visit, at: datetime, chance: Chance) -> Body:
    known = plans_of(store, at)
    named = [known[place] for place in visit.places if place in known]
    plans = [plan for plan in named if plan.is_on]
    forget_changed(store, at)
    who = Who(visit.visitor, visit.customer)
    page = Page(store, at, Remembered(store, at), who)
    hidden: list[str] = []
    hero = hero_for(page, visit, plans, hidden)
    # A banner stands in the place of its products.
    has_hero = hero is not None or Place.HOME_HERO in hidden
    filled = [
        plan
        for plan in plans
        if plan.kinds and not (has_hero and plan.place == Place.HOME_HERO)
    ]
    answers = page.fill([visit.ask(plan) for plan in filled], chance, explains=True)
    shelves = list(zip(filled, answers, strict=True))
    lines = lines_of(page, visit, plans, hidden)
    page.write_down()
    return {
        "shelves": shelves_of(store, shelves, at),
        "hero": hero,
        "lines": lines,
        # Who is left alone is shown neither, whatever a copy of the page shows.
        "hidden": hidden,
        # No room is to be kept for these.
        "off": [plan.place for plan in named if not plan.is_on],
        "personal": visit.is_personal,
        "made_at": moment(at),
        "fresh_seconds": 0 if visit.is_personal else FRESH_SECONDS,
    }


def shelves_of(
    store: Store, shelves: Sequence[tuple[Plan, Answer]], at: datetime
) -> list[Body]:
    shown = {pk for _, answer in shelves for pk in answer.products}
    faces = faces_of(store, shown, at)
    return [
        {
            "place": plan.place,
            "title": heading(plan, answer),
            "kind": answer.kind,
            # The merchant's own, by which room is reserved before any pick is known.
            "limit": plan.limit,
            "decision": str(answer.decision_id),
            "held_out": not answer.facts["is_shown"],
            "picks": [pick(stands, faces, store.currency) for stands in answer.places],
        }
        for plan, answer in shelves
    ]


def pick(stands: Stands, faces: Mapping[int, Face], currency: str) -> Body:
    told = faces[stands.card.product].told(stands.card, currency)
    return {**told, "reason": stands.sentence}


def heading(plan: Plan, answer: Answer) -> str:
    """The merchant's own words stand; ours must be true of what is shown."""
    is_true = answer.facts["keeps_claim"] or plan.title
    return plan.heading if is_true else neutral_title()


def hero_for(
    page: Page, visit: Visit, plans: Iterable[Plan], hidden: list[str]
) -> Body | None:
    plan = next((plan for plan in plans if plan.place == Place.HOME_HERO), None)
    if plan is None:
        return None
    kind = meet(page, visit, plan)
    segment = group_of(page.shopper.spent if page.shopper else 0.0)
    banner = banner_for(page.store, segment, page.at, kind)
    if banner is None:
        return None
    if kind and banner.segment == kind:
        segment = kind
    if not page.may_show(Place.HOME_HERO):
        hidden.append(Place.HOME_HERO.value)
        return None
    decision = log.build(
        page.store, BANNER, page.who.units[0] if page.who.units else NOBODY,
        chosen={"placement": Place.HOME_HERO, "banner": banner.banner},
        context={"segment": segment}, policy="banner_of_segment",
        reason=because("banner_for_group", segment=segment, name=name_of(segment)),
        at=page.at,
    )  # fmt: skip
    page.decisions.append(decision)
    return told(banner) | {"decision": str(decision.pk)}


def meet(page: Page, visit: Visit, plan: Plan) -> str:
    """Read who is looking; which learned segment they are in, where a banner asks."""
    asks = visit.customer is not None and depends_on_kind(page.store, page.at)
    besides = code_asked(page.store, visit.customer or 0) if asks else None
    page.meet(visit.ask(plan), besides)
    return learned(page.shopper.besides if page.shopper else "")


def told(banner: Hero) -> Body:
    return {
        "place": Place.HOME_HERO,
        "heading": banner.heading,
        "text": banner.text,
        "image": banner.image,
        "url": banner.url,
        "label": banner.label,
    }


def lines_of(
    page: Page, visit: Visit, plans: Iterable[Plan], hidden: list[str]
) -> list[Body]:
    if visit.product is None:
        return []
    if not any(plan.place == Place.PRICE_LINE for plan in plans):
        return []
    lines = lines_for(page.store, visit.product, page.at)
    if lines and not page.may_show(Place.PRICE_LINE):
        hidden.append(Place.PRICE_LINE.value)
        return []
    return [
        {
            "place": Place.PRICE_LINE,
            "code": line.code,
            "text": line.text,
            "facts": line.facts,
            "true_until": moment(line.true_until),
        }
        for line in lines
    ]


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()}Z"
