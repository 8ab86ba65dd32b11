"""What happens right now, in a handful of quick questions."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from apps.accounts.models import Store
from apps.events.models import Session
from apps.events.models.rollups import PRESENT
from apps.events.services.analytics import figures
from apps.events.services.analytics.funnel import STEPS
from apps.events.services.analytics.remember import recalled, rolled_at
from apps.events.services.analytics.span import Span, today_of
from apps.events.services.analytics.trending import trending
from apps.shop.models import Order

# However many look: asked once a second at most.
REMEMBERED_SECONDS = 1
# What is wanted now is asked of two weeks, and changes slowly.
WANTED_SECONDS = 60
CART_OPEN = timedelta(minutes=30)
TOP = 8


def snapshot(store: Store, at: datetime) -> dict[str, Any]:
    """Plain values: it becomes JSON."""
    found: dict[str, Any] = recalled(
        f"live:{store.pk}", REMEMBERED_SECONDS, lambda: look(store, at)
    )
    return found


def look(store: Store, at: datetime) -> dict[str, Any]:
    today = Span(store, *[today_of(store, at)] * 2)
    tracked = figures.totals(today, [*STEPS, "visitors", "order", "page_view"])
    sold = sales(today)
    rolled = rolled_at(store)
    return {
        "at": at.isoformat(),
        "rolled_at": rolled.isoformat() if rolled else None,
        **present(store, at),
        "visitors_today": tracked["visitors"].count,
        "page_views_today": tracked["page_view"].count,
        "orders_today": sold["orders"],
        "revenue_today": str(sold["revenue"]),
        "tracked_orders_today": tracked["order"].count,
        "tracked_revenue_today": str(tracked["order"].amount),
        "currency": store.currency,
        "funnel": [
            {"name": name, "label": label, "sessions": tracked[name].count}
            for name, label in STEPS.items()
        ],
        "countries": shown(present_by(store, at, "country")),
        "pages": shown(present_by(store, at, "landing_path")),
        "top_products": wanted(store, at),
    }


def wanted(store: Store, at: datetime) -> Any:
    key = f"live:{store.pk}:wanted:{at:%Y%m%d%H%M}"
    return recalled(
        key,
        WANTED_SECONDS,
        lambda: [
            {"id": one.product_id, "name": one.name, "score": one.score}
            for one in trending(store, at, TOP)
        ],
    )


def present(store: Store, at: datetime) -> dict[str, int]:
    """Who did something within five minutes, and whose cart is open."""
    recent = Session.objects.of(store).of_people().filter(last_at__lte=at)
    is_here = Q(last_at__gt=at - PRESENT)
    has_cart = Q(carted_at__isnull=False, ordered_at=None)
    found = recent.filter(last_at__gt=at - CART_OPEN).aggregate(
        visitors_now=Count("visitor", distinct=True, filter=is_here & ~Q(visitor="")),
        sessions_now=Count("pk", filter=is_here),
        carts_open=Count("pk", filter=has_cart),
        checkouts_open=Count("pk", filter=has_cart & Q(checkout_at__isnull=False)),
    )
    return {name: int(n) for name, n in found.items()}


def present_by(store: Store, at: datetime, field: str) -> Any:
    rows = Session.objects.of(store).present(at).exclude(**{field: ""}).order_by()
    return rows.values_list(field).annotate(n=Count("pk")).order_by("-n", field)[:TOP]


def shown(rows: Any) -> list[dict[str, Any]]:
    return [{"key": key, "count": count} for key, count in rows]


def sales(today: Span) -> dict[str, Any]:
    """As the shop's own orders say; in the store's currency alone."""
    own = Q(currency=today.store.currency)
    found = (
        Order.objects.of(today.store)
        .earning()
        .filter(placed_at__gte=today.start, placed_at__lt=today.end)
        .aggregate(
            orders=Count("pk"),
            paid=Sum("total", filter=own),
            back=Sum("refunded_total", filter=own),
        )
    )
    nothing = Decimal(0)
    revenue = (found["paid"] or nothing) - (found["back"] or nothing)
    return {"orders": found["orders"], "revenue": revenue}
