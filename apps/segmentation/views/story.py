"""One customer's story: who they are, what they are worth and why, what happened."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.merchant_admin.pages import for_analysts, show
from apps.core.merchant_admin.show import day, moment
from apps.segmentation.services.learning.words import say
from apps.segmentation.services.rfm import region_of
from apps.segmentation.services.story.entry import (
    Entry,
    person_of,
    read_mark,
)
from apps.segmentation.services.story.known import Known, known_of
from apps.segmentation.services.story.shown import worked
from apps.segmentation.services.story.timeline import timeline
from apps.segmentation.views.story_panels import (
    NOT_YET,
    UNKNOWN,
    action_panel,
    money_panel,
    stay_panel,
    tiles,
    worked_panel,
    worth_panel,
)
from apps.shop.models import Customer

# Where a line of the timeline leads.
PAGES = {
    "order": "admin:shop_order_change",
    "visit": "admin:events_session_change",
    "segment": "admin:segmentation_segment_change",
    "decision": "admin:decisions_decision_change",
}


@for_analysts
def page(request: HttpRequest, store: Store, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.of(store), pk=pk)
    if customer.merged_into_id is not None:
        return redirect("customer_story", customer.merged_into_id)
    if customer.deleted_at is not None:
        raise Http404
    customer.store = store
    now, person = timezone.now(), person_of(customer)
    known = known_of(person, now)
    before = read_mark(request.GET.get("before", ""))
    found = timeline(person, before)
    older = f"?before={found.older}#timeline" if found.older else ""
    return show(
        request,
        "segmentation/story",
        "A customer's story",
        name=customer.called,
        since=since(customer),
        group=group(known),
        score=score(known),
        segments=[(one.name, segment_url(one.pk)) for one in known.segments],
        tiles=tiles(known, store.currency),
        panels=[
            worth_panel(known, store.currency),
            stay_panel(known),
            action_panel(known.action),
            money_panel(person, now),
            worked_panel(worked(person, now)),
        ],
        lines=[(one, moment(one.mark.at), url_of(one)) for one in found.entries],
        older_url=older,
        is_first=before is None,
        customer_url=reverse("admin:shop_customer_change", args=[customer.pk]),
    )


def since(customer: Customer) -> str:
    moments = (customer.source_created_at, customer.first_ordered_at)
    told = [at for at in moments if at is not None]
    if told:
        return f"A customer since {day(min(told))}"
    return f"Known here since {day(customer.created_at)}"


def segment_url(pk: int) -> str:
    return reverse(PAGES["segment"], args=[pk])


def url_of(entry: Entry) -> str:
    if entry.row is None:
        return ""
    kind, pk = entry.row
    return reverse(PAGES[kind], args=[pk])


def group(known: Known) -> tuple[str, str]:
    """Of the five that were learned; and why."""
    if known.place is None:
        return "", UNKNOWN
    name, reason = known.place.get_code_display(), say(known.place.reason)
    entered = f"In it since {day(known.place.since_at)}."
    return name, f"{reason}. {entered}" if reason else entered


def score(known: Known) -> tuple[str, str]:
    if known.score is None:
        return "", NOT_YET
    one = known.score
    region = region_of(one.recency, one.frequency)
    text = (
        f"{one.recency} for how lately, {one.frequency} for how often, "
        f"{one.money} for how much; 5 is best. {region.says}"
    )
    return region.name, text
