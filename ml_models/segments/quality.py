"""How well groups tell customers apart by what they do next.

Separation inside the numbers themselves would praise whoever grouped in that space, and
codes of two networks have no scale in common. What happens in the 90 days after is the
same for all rivals, none has seen it, and it is what a merchant has segments for: so a
grouping is as good as it foretells spend, orders, coupons and looks.
"""

from __future__ import annotations

import numpy as np

from ml_models.segments.base import CODES, Floats, Places


def explained(groups: Places, after: Floats) -> Floats:
    """(customers,): 1 is foretold exactly, 0 no better than the shop's average.

    groups: (customers,); after: (customers, outcomes). Each is foretold by the mean of
    the others in the group, so that a group of one knows nothing. An outcome in which
    all are alike tells nothing.
    """
    found = np.zeros(len(groups))
    if not len(groups):
        return found
    varied = after.std(axis=0) > 0
    if not varied.any():
        return found
    columns = after[:, varied]
    columns = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    for group in range(len(CODES)):
        mine = groups == group
        count = int(mine.sum())
        if count > 1:
            others = (columns[mine].sum(axis=0) - columns[mine]) / (count - 1)
            found[mine] = (columns[mine] ** 2 - (columns[mine] - others) ** 2).mean(1)
    return found
