"""Which cards a person sees on the home page."""

from __future__ import annotations

from collections.abc import Sequence

from apps.accounts.models import Store, User
from apps.backoffice.models import HomeLayout

# In the order of a first visit.
CARDS = {
    "revenue": "Revenue",
    "orders": "Orders",
    "average": "Average order",
    "customers": "New and returning customers",
    "returns": "Returns",
    "suggestions": "Open suggestions",
    "weeks": "Revenue of 13 months",
    "best_sellers": "Best sellers",
    "low_stock": "Sold out or nearly",
    "work": "What LuxeBrain is doing",
    "connection": "Shop connection",
}


def chosen(store: Store, user: User) -> list[str]:
    """All of them before the first choice; cards that are gone are left out."""
    layout = HomeLayout.objects.of(store).filter(user=user).first()
    wanted = layout.cards if layout else list(CARDS)
    return [name for name in wanted if name in CARDS]


def choose(store: Store, user: User, cards: Sequence[str]) -> HomeLayout:
    known = [name for name in dict.fromkeys(cards) if name in CARDS]
    layout, _ = HomeLayout.objects.update_or_create(
        store=store, user=user, defaults={"cards": known}
    )
    return layout
