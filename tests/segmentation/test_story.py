"""One customer's story: who sees it, what it tells, in which order, for how much."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.decisions.models import Outcome
from apps.decisions.services.log import log
from apps.decisions.services.outcomes import join
from apps.decisions.services.sentence import because
from apps.features.models import CustomerFeatures
from apps.registry.models import ModelVersion
from apps.segmentation.models import CustomerValue, Member, Place, RfmScore, ValueModel
from apps.segmentation.models.learned import GROUPS
from apps.segmentation.models.value import VALUE
from apps.segmentation.services.story.entry import Mark, Source, person_of, read_mark
from apps.segmentation.services.story.money_by_month import by_month
from apps.segmentation.services.story.timeline import timeline
from apps.shop.models import Customer, Order, Refund
from apps.shop.services import merge
from tests.backoffice.conftest import signed_in
from tests.conftest import NOW, customer, say
from tests.outcomes.shop import ago, order, product, refund, visit
from tests.segmentation.members import make_segment

pytestmark = pytest.mark.django_db
UNKNOWN = "Nobody has worked this out yet."


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def url(who, more=""):
    return f"/admin/segments/customer/{who.pk}/{more}"


def text(answer):
    body = re.sub(
        r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def shown(who, thing, at, *, arm="best", code="popular", subject=None):
    return log(
        who.store, "recommendations.served", subject or f"customer:{who.pk}",
        chosen={"products": [thing.pk]}, reason=because(code), at=at, arm=arm,
    )  # fmt: skip


def member(segment, who, entered, left=None):
    Member.objects.create(
        store=who.store, segment=segment, customer=who, entered_at=entered, left_at=left
    )


def champion(store, kind):
    row, _ = ModelVersion.objects.get_or_create(
        store=store, kind=kind, name="one", number=1, trained_at=NOW,
        status=ModelVersion.Status.CHAMPION,
    )  # fmt: skip
    return row


def known(who):
    """All that nights work out of a customer."""
    store = who.store
    Place.objects.create(
        store=store, version=champion(store, GROUPS), customer=who, code="vip",
        reason=[{"kind": "spent", "times": 3.0}], since_at=NOW, placed_at=NOW,
    )  # fmt: skip
    RfmScore.objects.create(
        store=store, customer=who, recency=5, frequency=4, money=3, code="543", days=2,
        orders=4, spent=120.0, as_of=NOW,
    )  # fmt: skip
    version = champion(store, VALUE)
    ValueModel.objects.get_or_create(
        store=store, version=version, defaults={"computed_at": NOW}
    )
    CustomerValue.objects.create(
        store=store, version=version, customer=who, chance=0.15, churn=0.85,
        band="high", orders=4, spent=120.0, total=170.0, orders_90=0.5, revenue_90=20.0,
        low_90=0.0, high_90=60.0, orders_365=1.5, revenue_365=50.0, low_365=10.0,
        high_365=90.0, next_order_on=NOW.date() + timedelta(days=10), computed_at=NOW,
        drivers=[
            {"feature": "last order", "effect": -0.9},
            {"feature": "spend", "effect": 0.4},
        ],
    )  # fmt: skip


def busy(who, times):
    """So many of everything."""
    store, segment = who.store, make_segment(who.store, name=f"Busy {who.pk}")
    dress = product(store, f"Dress {who.pk}", woo_id=who.pk)
    for n in range(times):
        at = ago(n + 1)
        refund(order(store, who, at), 1, at=at)
        visit(store, who, "search", at, page_views=3)
        say(who, is_granted=n % 2 == 0, at=at)
        member(segment, who, at, left=at)
        merge.merge(who, customer(store, f"Twin{who.pk}-{n}"), at=at, reason="Same")
        decision = shown(who, dress, at)
        join((store, decision.pk), "click", f"product:{n}", at)


def story(who, before=None, limit=30):
    return timeline(person_of(who), before, limit)


def kinds(who, **more):
    return [one.what for one in story(who, **more).entries]


def test_it_tells_who_they_are_what_they_are_worth_and_why(store, ada, analyst):
    known(ada)
    member(make_segment(store, name="Friends of linen"), ada, NOW)
    Customer.objects.filter(pk=ada.pk).update(
        first_ordered_at=ago(400), phone="+491234567"
    )
    answer = signed_in(analyst).get(url(ada))
    said = text(answer)
    for part in (
        "A customer since 27 Apr 2025",
        "High-Value VIP", "Spends 3 times the average. In it since 1 Jun 2026.",
        "Champions", "5 for how lately, 4 for how often, 3 for how much",
        "Friends of linen",
        "€120.00", "€20.00", "€0.00 to €60.00", "€170.00", "€130.00 to €210.00",
        "Worked out 1 Jun 2026, 12:00",
        "The risk that they stay away for 90 days is 85 %. High:",
        "If they order again, 11 Jun 2026 is as likely too early as too late.",
        "How long ago they last ordered speaks against another order.",
        "What they spend speaks for another order.",
        "Write to them by hand, to win them back",
        "They brought much and are about to stay away.", "E-mail",
        "What it changes Nobody has measured yet whether this changes what they do.",
    ):  # fmt: skip
        assert part in said, part
    assert "ada@mail" not in answer.content.decode()
    assert "1234567" not in answer.content.decode()


def test_of_a_new_customer_it_says_that_nothing_is_known(store, dov, analyst):
    said = text(signed_in(analyst).get(url(dov)))
    assert said.count(UNKNOWN) == 5
    assert "They are in none now." in said
    assert "Nothing is known to have happened yet." in said
    assert "Nothing bought in EUR in the last two years." in said
    assert "Nothing was shown or sent to them" in said
    assert "Show older" not in said


def test_without_consent_nothing_is_sent_and_it_says_so(store, cleo, analyst):
    known(cleo)
    said = text(signed_in(analyst).get(url(cleo)))
    assert "But they agreed to no marketing message" in said
    assert "What it changes" not in said


def test_all_that_happened_is_told_newest_first(store, dov):
    segment, dress = make_segment(store, name="Buyers"), product(store)
    made = order(store, dov, ago(9), status="on-hold")
    say(dov, is_granted=False, at=ago(8))
    visit(store, dov, "ads", ago(7), page_views=1, searches=2)
    visit(store, dov, "ads", ago(7), is_bot=True)
    member(segment, dov, ago(6), left=ago(3))
    refund(made, 9, at=ago(5))
    shown(dov, dress, ago(4))
    merge.merge(dov, customer(store, "Dave"), at=ago(2), reason="Same")
    order(store, dov, ago(1), status="checkout-draft")
    told = [(one.what, one.name, one.says) for one in story(dov).entries]
    assert told == [
        ("Two were one person", "Dave", ""),
        ("Out of a segment", "Buyers", ""),
        ("Shelf of picks", "Linen dress", "Popular in this shop right now."),
        ("Refund", "#1", "€9.00 back"),
        ("Into a segment", "Buyers", ""),
        ("Visit", "", "Paid ads: 1 page, 2 searches"),
        ("Said no", "", "Marketing: E-mail"),
        ("Order", "#1", "€119.00, on hold"),
    ]


def test_what_worked_is_told_and_who_was_left_alone(store, ada, analyst):
    dress = product(store)
    one, two = shown(ada, dress, ago(5)), shown(ada, dress, ago(4))
    shown(ada, dress, ago(3), arm="held_out", code="holdout")
    shown(ada, dress, ago(2), subject="visitor:v1")
    for n in range(2):
        join((store, one.pk), "click", f"click:{n}", ago(5))
    paid = {"amount": Decimal(100), "currency": "EUR"}
    join((store, one.pk), Outcome.Kind.ORDER, "order:1", ago(4), **paid)
    back = {"amount": Decimal(30), "currency": "EUR"}
    join((store, one.pk), Outcome.Kind.REFUND, "refund:1", ago(3), **back)
    join((store, two.pk), "order_viewed", "order:2", ago(3), **paid)
    found = [e for e in story(ada).entries if e.mark.source == Source.SHOWN]
    assert [(e.says, e.name, e.came) for e in found] == [
        ("Shown nothing, for comparison", "", ""),
        ("Popular in this shop right now.", "Linen dress",
         "Ordered after a look, €100.00"),
        ("Popular in this shop right now.", "Linen dress",
         "Clicked 2 times. Ordered, €70.00 after refunds"),
    ]  # fmt: skip


def test_the_last_90_days_of_it_are_counted(store, ada, analyst):
    dress = product(store)
    first = shown(ada, dress, ago(5))
    shown(ada, dress, ago(4))
    shown(ada, dress, ago(3), arm="held_out", code="holdout")
    shown(ada, dress, ago(200))
    join((store, first.pk), "click", "click:1", ago(5))
    said = text(signed_in(analyst).get(url(ada)))
    assert "Shelf of picks 2 1 0 " in said
    assert "Shelf of picks: left alone, for comparison 1 0 0 " in said


def test_pages_join_without_a_gap_or_a_repeat_also_at_one_moment(store, dov):
    """All at one moment: only the place in the timeline tells them apart."""
    segment, dress = make_segment(store), product(store)
    for _ in range(3):
        refund(order(store, dov, NOW), 1)
        visit(store, dov, "", NOW)
        shown(dov, dress, NOW)
        member(segment, dov, NOW, left=NOW)
    say(dov, is_granted=True)
    whole = [one.mark for one in story(dov, limit=100).entries]
    assert len(whole) == 19
    assert whole == sorted(whole, reverse=True)
    for size in (1, 4, 18, 19):
        found, before = [], None
        while True:
            page = story(dov, before=before, limit=size)
            found += [one.mark for one in page.entries]
            if page.older is None:
                break
            before = read_mark(str(page.older))
        assert found == whole


def test_further_ones_come_by_a_link(store, dov, analyst):
    busy(dov, 10)
    client, address, often = signed_in(analyst), url(dov), 0
    while address:
        body = client.get(address).content.decode()
        often += body.count('data-label="When"')
        older = re.search(r'href="(\?before=[^"#]+)#timeline"', body)
        address = url(dov, older[1]) if older else ""
    assert often == 80


@pytest.mark.parametrize(
    "said",
    [
        "", "x", "1.1", "1.9.1", "-1.3.1", "1.3.-1", "1.3.1.1", "\u0661.3.1", "1.3.1'--", "\0",
        f"1.3.{2**63}", f"1.2.{2**128}", f"{10**17}.3.1", f"{10**16 - 1}.2.{2**128 - 1}",
        f"{10**16 - 1}.3.{2**63 - 1}", "-9999999999999999.3.1",
    ],
)  # fmt: skip
def test_a_mark_that_somebody_made_up_does_no_harm(store, dov, analyst, said):
    order(store, dov, NOW)
    answer = signed_in(analyst).get(url(dov), {"before": said})
    assert answer.status_code == 200


def test_a_mark_is_read_as_it_was_written():
    for source in Source:
        mark = Mark(NOW + timedelta(microseconds=7), source, 2**63 - 1)
        assert read_mark(str(mark)) == mark
    assert read_mark("1.3.1'--") is None


def test_another_store_s_customer_is_not_there(store, ada, stranger, other_store):
    busy(ada, 1)
    assert signed_in(stranger).get(url(ada)).status_code == 404
    # Nor is what another store's rows say under the same customer.
    Order.objects.filter(customer=ada).update(store=other_store)
    assert "Order" not in kinds(ada)


def test_who_has_no_part_in_the_store_sees_nothing(ada, client):
    assert client.get(url(ada)).status_code == 302


def test_who_was_deleted_is_not_there_and_who_was_merged_is_the_other(
    store, ada, dov, cleo, analyst
):
    client = signed_in(analyst)
    merge.merge(ada, dov, at=NOW, reason="Same")
    answer = client.get(url(dov))
    assert (answer.status_code, answer.url) == (302, url(ada))
    Customer.objects.filter(pk__in=[ada.pk, cleo.pk]).update(deleted_at=NOW)
    assert client.get(url(cleo)).status_code == 404
    assert client.get(url(dov), follow=True).status_code == 404
    assert client.get(f"/admin/segments/customer/{10**30}/").status_code == 404


def test_what_was_written_under_a_merged_row_is_the_person_s(store, ada, dov):
    visit(store, dov, "", ago(3), page_views=2)
    say(dov, is_granted=True, at=ago(2))
    shown(dov, product(store), ago(1))
    merged = merge.merge(ada, dov, at=NOW, reason="Same")
    found = [one.what for one in story(ada).entries if one.mark.at != NOW]
    assert found == ["Shelf of picks", "Said yes", "Visit"]
    merge.undo(merged, at=NOW)
    assert "Shelf of picks" not in kinds(ada)
    (parted,) = [e for e in story(dov).entries if e.what == "Two were one person"]
    assert (parted.name, parted.says) == ("Ada", "Parted again on 1 Jun 2026")


def test_analysts_read_a_name_and_no_way_to_reach_them(store, ada, analyst, manager):
    for person in (analyst, manager):
        said = text(signed_in(person).get(url(ada)))
        assert "Ada" in said
        assert "mail.example" not in said


def test_hostile_and_arabic_names_are_names(store, dov, manager):
    evil = "<script>alert(1)</script>"
    Customer.objects.filter(pk=dov.pk).update(first_name="ليلى", last_name=evil)
    member(make_segment(store, name=f"عملاء {evil}"), dov, NOW)
    made = order(store, dov, NOW, status=evil)
    Order.objects.filter(pk=made.pk).update(number=evil)
    shown(dov, product(store, evil), NOW)
    back = refund(made, 1)
    Refund.objects.filter(pk=back.pk).update(reason=evil)
    visit(store, dov, evil[:20], NOW)
    body = signed_in(manager).get(url(dov)).content.decode()
    assert evil not in body
    assert evil[:20] not in body
    assert "<bdi>ليلى &lt;script&gt;" in body
    assert body.count("<bdi>عملاء &lt;script&gt;") == 2


def test_money_is_told_month_by_month(store, dov):
    made = order(store, dov, ago(40))
    refund(made, 20, at=ago(1))
    order(store, dov, ago(41))
    order(store, dov, ago(2), status="cancelled")
    order(store, dov, ago(2), currency="USD")
    months = by_month(person_of(dov), NOW)
    assert len(months) == 12
    told = {f"{one.on:%Y-%m}": (one.bought, one.sent_back) for one in months[-3:]}
    assert told == {"2026-04": (238, 0), "2026-05": (0, 20), "2026-06": (0, 0)}
    order(store, dov, ago(800))
    assert len(by_month(person_of(dov), NOW)) == 12
    order(store, dov, ago(600))
    assert f"{by_month(person_of(dov), NOW)[0].on:%Y-%m}" == "2024-10"


def test_as_many_questions_are_asked_for_many_rows(store, ada, dov, analyst):
    known(ada)
    known(dov)
    busy(ada, 1)
    busy(dov, 45)
    client, asked = signed_in(analyst), {}
    client.get(url(ada))
    for who in (ada, dov):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(who)).status_code == 200
        asked[who.first_name] = len(queries)
    assert asked == {"Ada": 26, "Dov": 26}
    one_more = [query for query in queries if query["sql"].endswith(" LIMIT 31")]
    assert len(one_more) == len(Source)


def test_it_is_linked_from_where_customers_are(store, ada, manager):
    client, segment = signed_in(manager), make_segment(store)
    member(segment, ada, NOW)
    numbers = CustomerFeatures.objects.create(store=store, customer=ada, as_of=NOW)
    for page in (
        reverse("admin:features_customerfeatures_change", args=[numbers.pk]),
        reverse("admin:shop_customer_change", args=[ada.pk]),
        reverse("admin:segmentation_segment_change", args=[segment.pk]),
    ):
        assert f'href="{url(ada)}"' in client.get(page).content.decode()
