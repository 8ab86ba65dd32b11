"""Shelves served by our own door to shoppers whose clicks follow a known law."""

from __future__ import annotations

import random
from datetime import timedelta

from apps.core.services.memory import forget_all
from apps.decisions.models import Decision, Outcome
from apps.recommendations.models import ShelfSettings, WhatIf
from apps.recommendations.services.answer import answer
from apps.recommendations.services.answering.ask import Ask
from apps.recommendations.services.what_if import carry_out
from apps.recommendations.services.what_if.ask import Asker, Question, ask
from apps.recommendations.services.what_if.change import changed
from apps.shop.models import Category
from tests.conftest import NOW
from tests.recommendations.goods import product, shelf

SIZE = 4
# Further down fewer look.
LOOKED = (1.0, 0.8, 0.6, 0.5)


class World:
    """Twelve products: the later ones are liked more than their place on the list says.
    Every third is of Velanne; two categories."""

    def __init__(self, store, seed=1, **settings):
        self.store, self.chance = store, random.Random(seed)
        self.settings = ShelfSettings.objects.update_or_create(
            store=store,
            defaults={"variety": 0.0, "exploration_share": 0.3, "fatigue_days": 0}
            | settings,
        )[0]
        forget_all()
        groups = [
            Category.objects.create(store=store, name=name, slug=name)
            for name in ("dresses", "coats")
        ]
        self.goods = []
        for n in range(12):
            made = product(
                store, f"p{n}", brand="" if n % 3 else "Velanne", price=20 + 10 * n
            )
            made.categories.add(groups[n % 2])
            self.goods.append(made)
        self.liked = {
            one.pk: 0.05 + 0.02 * ((7 * n) % 12) for n, one in enumerate(self.goods)
        }
        self.shelf = shelf(store, "trending", "", *self.goods, code="trending")

    def rate(self, place, product):
        return LOOKED[place] * self.liked.get(product, 0.0)

    def serve(self, count, *, since=timedelta(days=20), people=400, clicks=True):
        """So many shelves, a minute apart; the mean of clicks that their law expects."""
        expected, outcomes = 0.0, []
        for n in range(count):
            at = NOW - since + timedelta(minutes=n)
            asked = Ask(kind="trending", visitor=f"v{n % people}", limit=SIZE)
            found = answer(self.store, asked, at, self.chance)
            for place, pick in enumerate(found.products):
                rate = self.rate(place, pick)
                expected += rate
                if clicks and self.chance.random() < rate:
                    outcomes.append(self.click(found.decision_id, pick, at))
        Outcome.objects.bulk_create(outcomes, batch_size=500)
        return expected / count

    def click(self, decision, pick, at):
        return Outcome(
            store=self.store,
            decision_id=decision,
            kind=Outcome.Kind.CLICK,
            source=f"product:{pick}:{self.chance.getrandbits(60)}",
            occurred_at=at,
        )

    def truth(self, count, **settings):
        """What shelves are clicked when they are really filled so; outside of the log's
        days."""
        ShelfSettings.objects.of(self.store).update(**settings)
        forget_all()
        return self.serve(count, since=timedelta(days=60), clicks=False)


def asked(store, days=30, kind="", at=NOW, **change):
    """The question with its answer."""
    question = ask(store, Question(changed(change), kind, days), Asker("a test"), at)
    assert carry_out.answer_waiting(lambda: at) == 1
    return WhatIf.objects.of(store).get(pk=question.pk)


def forget_log(store):
    Outcome.objects.of(store).delete()
    Decision.objects.of(store).expire()
