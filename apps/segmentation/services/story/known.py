"""What is known of a customer now: groups, scores, segments, worth and what to do next.

From rows alone. Each part is None, or empty, where nobody has worked it out yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.segmentation.models import Member, Place, RfmScore, Segment
from apps.segmentation.models.learned import GROUPS
from apps.segmentation.services.next_action import Action, next_action
from apps.segmentation.services.story.entry import Person
from apps.segmentation.services.value import Worth, value_of

MOST_SEGMENTS = 50


@dataclass(frozen=True)
class Known:
    place: Place | None
    score: RfmScore | None
    segments: Sequence[Segment]
    worth: Worth | None
    action: Action | None


def known_of(person: Person, at: datetime) -> Known:
    store, customer = person.store, person.customer
    places = Place.objects.of(store).served().filter(version__kind=GROUPS)
    inside = Member.objects.of(store).inside().filter(segment__is_live=True)
    mine = inside.filter(customer=customer).select_related("segment")
    worth = value_of(store, customer.pk)
    return Known(
        place=places.filter(customer=customer).first(),
        score=RfmScore.objects.of(store).filter(customer=customer).first(),
        segments=[one.segment for one in mine.order_by("-pk")[:MOST_SEGMENTS]],
        worth=worth,
        action=next_action(store, customer, worth, at) if worth else None,
    )
