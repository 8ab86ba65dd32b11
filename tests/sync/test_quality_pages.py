"""The page of findings: what is listed, where it leads, and who may wave it through."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry
from apps.shop.models import Order, Variant
from apps.sync.models import Connection, Finding
from apps.sync.services import check_quality
from tests.backoffice.conftest import signed_in
from tests.conftest import NOW
from tests.shop.conftest import make_order, make_product

LIST = "admin:sync_finding_changelist"


@pytest.fixture
def findings(store):
    """Twelve orders without a customer, and a sale price of less than nothing."""
    for n in range(12):
        make_order(store, number=str(n), woo_id=100 + n)
    product = make_product(store, status="draft", woo_id=15)
    Variant.objects.create(store=store, product=product, sale_price=-1, woo_id=16)
    Connection.objects.create(
        store=store,
        url="https://maison.example",
        sealed_keys=b"",
        sealed_hook_secret=b"",
        hook_token="t",
        connected_at=NOW,
        facts={"hpos": True},
    )
    check_quality.look(store, NOW)
    return Finding.objects.of(store).filter(gone_at=None)


def opened(person, store, query=""):
    answer = signed_in(person, store).get(reverse(LIST) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def press(person, store, finding, verb):
    url = reverse("admin:sync_finding_verb", args=[finding.pk, verb])
    return signed_in(person, store).post(url)


def test_it_counts_by_check_and_says_what_to_do(analyst, store, findings):
    page = opened(analyst, store)
    check = check_quality.BY_CODE["orders.no_customer"]
    assert check.title in page
    assert check.fix in page
    assert "13 in all" in page


def test_it_leads_to_the_thing_in_the_shop(analyst, store, findings):
    page = opened(analyst, store)
    shop = "https://maison.example/wp-admin"
    assert f"{shop}/admin.php?page=wc-orders&amp;action=edit&amp;id=100" in page
    # A variation has no page of its own in WordPress: its product's is shown.
    assert f"{shop}/post.php?post=15&amp;action=edit" in page
    assert reverse("admin:shop_order_change", args=[Order.objects.of(store).first().pk]) in page  # fmt: skip


def test_it_asks_no_more_of_the_database_for_more_rows(
    analyst, store, findings, django_assert_max_num_queries
):
    client = signed_in(analyst, store)
    with django_assert_max_num_queries(25):
        client.get(reverse(LIST))


def test_it_shows_one_check_alone(analyst, store, findings):
    page = opened(analyst, store, "?check=prices.wrong_sale")
    assert "1 in all" in page


def test_a_manager_says_that_it_is_as_it_should_be(manager, store, findings):
    finding = findings.get(code="prices.wrong_sale")
    press(manager, store, finding, "accept")
    finding.refresh_from_db()
    assert finding.accepted_at is not None
    assert "12 in all" in opened(manager, store)
    assert "1 in all" in opened(manager, store, "?state=accepted")
    entry = AuditEntry.objects.get(store=store, action="finding.accepted")
    assert (entry.actor, entry.subject) == (manager, finding.subject)
    press(manager, store, finding, "take_up")
    assert "13 in all" in opened(manager, store)


def test_a_manager_accepts_many_at_once(manager, store, findings):
    chosen = findings.filter(code="orders.no_customer")
    signed_in(manager, store).post(
        reverse(LIST),
        {
            "action": "accept_chosen",
            "_selected_action": list(chosen.values_list("pk", flat=True)),
        },
    )
    assert chosen.filter(accepted_at=None).count() == 0
    assert "1 in all" in opened(manager, store)


def test_an_analyst_only_reads(analyst, store, findings):
    finding = findings.first()
    assert press(analyst, store, finding, "accept").status_code == 403
    url = reverse("admin:sync_finding_list_verb", args=["look"])
    assert signed_in(analyst, store).post(url).status_code == 403
    rows = {"action": "accept_chosen", "_selected_action": [finding.pk]}
    signed_in(analyst, store).post(reverse(LIST), rows)
    finding.refresh_from_db()
    assert finding.accepted_at is None


def test_it_does_not_exist_for_another_store(stranger, other_store, findings):
    finding = findings.first()
    assert press(stranger, other_store, finding, "accept").status_code == 404
    assert "0 in all" in opened(stranger, other_store)


def test_a_manager_looks_anew(manager, store, findings):
    Variant.objects.of(store).update(sale_price=None)
    url = reverse("admin:sync_finding_list_verb", args=["look"])
    answer = signed_in(manager, store).post(url, follow=True)
    assert "12 found." in answer.content.decode()
    assert "12 in all" in opened(manager, store)


def test_it_calls_nothing_well_before_it_looked(manager, store):
    well, unchecked = "All checks are well", "Nothing was checked yet."
    page = opened(manager, store)
    assert (well in page, unchecked in page) == (False, True)
    url = reverse("admin:sync_finding_list_verb", args=["look"])
    signed_in(manager, store).post(url)
    page = opened(manager, store)
    assert (well in page, unchecked in page) == (True, False)
    entry = AuditEntry.objects.of(store).get(action="quality.looked")
    assert (entry.actor, entry.detail) == (manager, {"found": 0})


def test_another_store_s_look_is_none_of_ours(stranger, other_store, findings):
    assert "Nothing was checked yet." in opened(stranger, other_store)
