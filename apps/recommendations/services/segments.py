"""Into which group a customer falls by what they spent, until segments are learned.

Read by answers and by the training of hero products: the two must agree.
"""

from __future__ import annotations

# In the store's currency: rough on purpose, and the same for every shop, so that a
# customer's group needs no look at the others.
BANDS = ((1_000.0, "high"), (250.0, "mid"), (0.01, "low"))
NONE = "new"
GROUPS = (NONE, *(name for _, name in reversed(BANDS)))


def group_of(spent: float) -> str:
    return next((name for least, name in BANDS if spent >= least), NONE)
