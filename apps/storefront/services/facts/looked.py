"""How many people looked at it within the hour: those who let themselves be counted, so
that there were at least as many."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count
from django.utils.translation import ngettext

from apps.events.models import Interaction
from apps.storefront.services.facts.line import About, Line
from apps.storefront.services.facts.stock import put

HOUR = timedelta(hours=1)


def looked(about: About) -> Iterator[Line]:
    looks = Interaction.objects.of(about.store).filter(
        product=about.product, at__gt=about.at - HOUR, at__lte=about.at
    )
    people = looks.filter(type="product_view").exclude(visitor="")
    count = people.aggregate(n=Count("visitor", distinct=True))["n"]
    if count >= about.settings.viewers:
        text = ngettext(
            "{count} person looked at this in the last hour",
            "{count} people looked at this in the last hour",
            count,
        )
        facts = {"people": count, "hours": 1}
        yield Line("looked_at", put(text, count=count), facts, about.until())
