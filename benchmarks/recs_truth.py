"""`python -m benchmarks.recs_truth`: how near to an oracle, on the demo shop's truth.

The shop's brain learns from everything up to four weeks before the end, as it would have
then; what customers wished for in those weeks judges it. The oracle knows each customer's
tastes, the seasons and the prices of that day: only chance is left to it. PRODUCTS,
CUSTOMERS and SEED for another shop, SKIP=two_tower to leave models out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from benchmarks.own_demo import own_demo
from benchmarks.report import publish
from ml_models.data import VIEW, Deeds, Ints
from ml_models.exam import chunks, take_users
from ml_models.grading import best, marks
from ml_models.recommenders.base import Recommender
from ml_models.recommenders.choose import fit
from ml_models.recommenders.learned import Recipe

UNTIL = "2026-06-01"
DAYS = 28
# As old at most is a new product, when the brain learns.
YOUNG = 28
# So much a stranger has looked at when the shelf is judged again.
LOOKS = 3
DRAWS = 500
SEED = 0
BARRED = -1e9
# Beside the champion.
RECIPES: Mapping[str, Recipe] = {
    "popularity": Recipe("popularity", {"half_life_days": 28.0}),
    "two_tower": Recipe("two_tower"),
    "ials": Recipe("ials", {"confidence": 1.0, "ridge": 10.0}),
    "item_knn": Recipe("item_knn", {"half_life_days": 60.0}),
}


@dataclass(frozen=True)
class Case:
    """Who was asked and what they wished for: people: (cases,) rows of the truth;
    histories: their deeds; wanted: (cases, products); allowed: (products,)."""

    title: str
    people: Ints
    histories: Deeds
    wanted: sp.csr_matrix
    allowed: NDArray[np.bool_]

    def about(self, title: str, allowed: NDArray[np.bool_]) -> Case:
        """Of these products alone, and of those who wished for one."""
        wanted = (self.wanted @ sp.diags(allowed.astype(np.float32))).tocsr()
        wanted.eliminate_zeros()
        kept = np.flatnonzero(np.diff(wanted.indptr))
        return Case(
            title,
            self.people[kept],
            take_users(self.histories, kept),
            wanted[kept],
            allowed,
        )


class Truth:
    """The simulated world, in the numbers of what the shop knew."""

    def __init__(self, world: Any, known: Any, day: int) -> None:
        from apps.demo.simulator.numbers import PRODUCT_WOO
        from apps.shop.models import Customer, Product

        self.world, self.known, self.day = world, known, day
        woo = dict(Product.objects.of(known.store).values_list("pk", "woo_id"))
        self.goods = np.array([woo[pk] for pk in known.catalog.products]) - PRODUCT_WOO
        row_of = {names[2]: row for row, names in enumerate(world.people.names)}
        self.row_of = {
            pk: row_of[email]
            for pk, email in Customer.objects.of(known.store).values_list("pk", "email")
        }

    def likes(self, people: Ints) -> NDArray[np.float32]:
        """(people, products): how often each would be wished for, as a log."""
        pull = self.world.pull
        today = pull.pull[:, :, self.day][:, self.goods]
        with np.errstate(divide="ignore"):
            found = np.log(pull.affinity[np.ix_(people, self.goods)])
            found += np.log(today)[self.world.people.kind[people]]
        return np.maximum(found, BARRED).astype(np.float32)

    def wishes(self) -> sp.csr_matrix:
        """(people, products) of the weeks after, whether or not there was stock."""
        wishes = self.world.wishes
        day = wishes.day[wishes.line_order]
        later = (day >= self.day) & (day < self.day + DAYS)
        product = self.world.catalogue.variant_product[wishes.line_variant[later]]
        place = np.full(self.world.catalogue.count, -1)
        place[self.goods] = np.arange(len(self.goods))
        known = place[product] >= 0
        rows = wishes.customer[wishes.line_order[later]][known]
        shape = (len(self.world.people.kind), len(self.goods))
        ones = np.ones(len(rows), np.float32)
        return sp.csr_matrix((ones, (rows, place[product[known]])), shape=shape)

    def first_wish(self) -> NDArray[np.float64]:
        """(people,) when, in the days of deeds; infinity for who wished for nothing."""
        wishes = self.world.wishes
        first = np.full(len(self.world.people.kind), np.inf)
        later = wishes.day >= self.day
        np.minimum.at(first, wishes.customer[later], wishes.second[later])
        return self.world.plan.midnight.timestamp() / 86_400 + first / 86_400

    def young(self) -> NDArray[np.bool_]:
        launch = self.world.catalogue.launch[self.goods]
        return (launch > self.day - YOUNG) & (launch <= self.day)


def cases(truth: Truth, later: Any) -> Iterator[Case]:
    """`later`: the shop's history up to the end, which tells what strangers looked at."""
    wishes, known = truth.wishes(), truth.known
    wished = np.flatnonzero(np.diff(wishes.indptr))
    user = np.full(wishes.shape[0], -1)
    user[[truth.row_of[pk] for pk in known.customers]] = np.arange(len(known.customers))
    all_goods = np.ones(wishes.shape[1], bool)
    old = wished[user[wished] >= 0]
    familiar = Case(
        "known customers",
        old,
        take_users(known.deeds, user[old]),
        wishes[old],
        all_goods,
    )
    yield familiar
    yield familiar.about("their new products", truth.young())
    new = wished[user[wished] < 0]
    nothing = take_users(known.deeds, np.empty(0, np.int64))
    blank = replace(nothing, user_count=len(new))
    yield Case("new customers", new, blank, wishes[new], all_goods)
    seen = looks(truth, later, new)
    came = np.flatnonzero(np.bincount(seen.users, minlength=len(new)) >= LOOKS)
    met = new[came]
    yield Case(
        f"new customers after {LOOKS} looks", met, take_users(seen, came),
        wishes[met], all_goods,
    )  # fmt: skip


def looks(truth: Truth, later: Any, people: Ints) -> Deeds:
    """The first looks of each of these at products that were known, before they bought."""
    place = {int(pk): n for n, pk in enumerate(truth.known.catalog.products)}
    row = np.array([truth.row_of[pk] for pk in later.customers])
    number = np.full(len(truth.row_of), -1)
    number[people] = np.arange(len(people))
    deeds = later.deeds.where(later.deeds.users < len(row))
    user = number[row[deeds.users]]
    product = np.array([place.get(int(pk), -1) for pk in later.catalog.products])
    found = (user >= 0) & (product[deeds.products] >= 0) & (deeds.kinds == VIEW)
    found &= deeds.days < truth.first_wish()[row[deeds.users]]
    kept = np.flatnonzero(found)
    rank = np.zeros(len(people), np.int64)
    first = []
    for at in kept:
        if rank[user[at]] < LOOKS:
            rank[user[at]] += 1
            first.append(at)
    chosen = np.array(first, np.int64)
    return Deeds(
        user[chosen], product[deeds.products[chosen]], deeds.kinds[chosen],
        deeds.days[chosen], len(people), len(place),
    )  # fmt: skip


def ndcg(case: Case, model: Recommender | Truth, now: float) -> NDArray[np.float64]:
    picks = []
    for part in chunks(len(case.people), len(case.allowed)):
        if isinstance(model, Truth):
            scores = model.likes(case.people[part])
        else:
            scores = np.array(model.score(take_users(case.histories, part), now))
        scores[:, ~case.allowed] = -np.inf
        picks.append(best(scores, 20))
    return marks(np.concatenate(picks), case.wanted).ndcg


def row(
    case: Case, name: str, found: NDArray[np.float64], ideal: NDArray[np.float64]
) -> dict[str, Any]:
    chance = np.random.default_rng(SEED)
    drawn = [chance.integers(0, len(found), len(found)) for _ in range(DRAWS)]
    low, high = np.quantile(
        [found[one].mean() / ideal[one].mean() for one in drawn], [0.025, 0.975]
    )
    return {
        "cases": case.title,
        "of": len(found),
        "model": name,
        "NDCG@10": float(found.mean()),
        "share": float(found.mean() / ideal.mean()),
        "95 %": f"{low:.2f}-{high:.2f}",
    }


def measure() -> list[dict[str, Any]]:
    from apps.demo.models import DemoShop
    from apps.demo.simulator.plan import Plan
    from apps.demo.simulator.world import simulate
    from apps.recommendations.services.learning import history

    shop = DemoShop.objects.across_stores().select_related("store").get()
    plan = Plan(
        seed=shop.seed,
        until=shop.until_on,
        products=shop.product_count,
        customers=shop.customer_count,
        months=shop.month_count,
        time_zone=shop.store.time_zone,
        currency=shop.store.currency,
    )
    as_of = shop.as_of - timedelta(days=DAYS)
    known = history.read(shop.store, as_of, say)
    later = history.read(shop.store, shop.as_of, say)
    truth = Truth(simulate(plan), known, plan.days - DAYS)
    asked = list(cases(truth, later))
    ideals = [ndcg(case, truth, known.end) for case in asked]
    rows = []
    for name, recipe in recipes(shop.store, as_of).items():
        say(0, f"Learning: {name}")
        model = fit(recipe, known.deeds, known.catalog.goods, SEED)
        rows += [
            row(case, name, ndcg(case, model, known.end), ideal)
            for case, ideal in zip(asked, ideals, strict=True)
        ]
    rows += [
        row(case, "oracle", ideal, ideal)
        for case, ideal in zip(asked, ideals, strict=True)
    ]
    titles = [case.title for case in asked]
    return sorted(rows, key=lambda one: titles.index(one["cases"]))


def recipes(store: Any, as_of: datetime) -> dict[str, Recipe]:
    """The champion is what the shop's own loop chooses, without the weeks that judge."""
    from apps.registry.services.learn import learn

    kept = learn(
        store, "recommendations.personal", as_of=as_of, clock=lambda: datetime.now(UTC)
    )
    skipped = os.environ.get("SKIP", "").split(",")
    found = {"champion": Recipe(kept.name, kept.parameters), **RECIPES}
    return {name: recipe for name, recipe in found.items() if name not in skipped}


def say(share: float, text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main() -> None:
    with own_demo(UNTIL):
        rows = measure()
    figures = {
        f"{row['model']} {row['cases']}".replace(" ", "_"): row["share"]
        for row in rows
        if row["model"] in ("champion", "popularity", "two_tower")
    }
    publish("recs_truth", figures, rows)


if __name__ == "__main__":
    main()
