"""What a week of work leaves behind, for pages that would be empty in a new demo shop."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import Role, Store
from apps.accounts.services import keys, quota, teams
from apps.decisions.services import suggest
from apps.decisions.services.sentence import because
from apps.features.services import refresh
from apps.recommendations.services import content
from apps.recommendations.services.trending import Trending
from apps.registry.services import training, versions
from apps.segmentation.services import cohorts_count, rfm_score
from apps.shop.models import Product
from tests.browser.seed_kinds import seed_kinds
from tests.browser.seed_quality import seed_quality
from tests.browser.seed_story import seed_story
from tests.browser.sync_seed import seed_sync


def seed() -> None:
    store, now = Store.objects.get(slug="demo"), timezone.now()
    for n, product in enumerate(Product.objects.of(store).order_by("pk")[:5]):
        suggest.propose(store, price_cut(product, n), now)
    keys.create(store, "pk", "Shop pages")
    keys.create(store, "sk", "Shop plugin", ["read", "write"])
    teams.add(store, "lina@selmira.example", Role.MANAGER, actor=None)
    teams.add(store, "omar@selmira.example", Role.ANALYST, actor=None)
    Store.objects.create(slug="second", name="Atelier Nour", currency="AED")
    measured = {"recall_at_10": 0.1234, "share_of_shelf": 0.81}
    trained = versions.Trained("decayed_popularity", now, metrics=measured)
    version = versions.register(store, "recommendations.trending", trained)
    liked = Product.objects.of(store).order_by("-pk").values_list("pk", flat=True)
    ranking = [(pk, 1.0 / place) for place, pk in enumerate(liked, 1)]
    Trending().publish(version, ranking, lambda share, says: None)
    versions.promote(version, now)
    training.progress(
        training.start(store, "forecasting.demand", now), 40, "Reading", now
    )
    quota.count(store, "events", 84_000, now)
    # Neighbors by what products are, as a worker makes them within seconds.
    content.keep_up(store, now)
    refresh.refresh_all(store, refresh.CUSTOMER, now)
    rfm_score.score(store, now)
    cohorts_count.count(store, now)
    seed_kinds(store, now)
    seed_story(store, now)
    seed_sync(store, now)
    seed_quality(store, now)


def price_cut(product: Product, n: int) -> suggest.Proposal:
    price = float(product.price or 50)
    is_safe = n != 3
    text = (
        "The margin stays above 35 %." if is_safe else "The margin would fall to 12 %."
    )
    return suggest.Proposal(
        "pricing.price",
        f"product:{product.pk}",
        {"before": {"price": price}, "after": {"price": round(price * 0.85, 2)}},
        because("slow_mover", product=product.name, days_on_sale=120, pieces_left=40),
        [suggest.Ruling("lowest_margin", is_safe, text)],
        {"extra_pieces": 12},
        (0.1, 0.5, 0.9)[n % 3],
        expires_at=timezone.now() + timedelta(days=3),
    )
