from __future__ import annotations

import pytest

from apps.accounts.services.callers import PUBLISHABLE, Caller
from tests.callers import as_caller, person, server
from tests.conftest import customer
from tests.segmentation.kinds import placed, worth

pytestmark = pytest.mark.django_db
FIVE = "/api/v1/segmentation/kinds/"


def url(who):
    return f"/api/v1/segmentation/customers/{who.pk}/kind/"


def test_the_five_are_told_with_their_sums(groups, values, analyst):
    ada = placed(groups, "Ada", spent=300.0)
    placed(groups, "Ben", spent=100.0)
    worth(values, ada, 50.0, 0.2)
    found = person(analyst).get(FIVE).json()
    assert (found["customers"], found["currency"]) == (2, "EUR")
    assert found["model_version"] == str(groups)
    codes = [one["code"] for one in found["kinds"]]
    assert codes == ["vip", "loyal", "discount", "occasional", "new"]
    assert found["kinds"][0] == {
        "code": "vip", "name": "High-Value VIP", "rule": "The rule of vip.",
        "says": "Spends 4 times the average, orders every 3 weeks", "customers": 2,
        "spent": "400.00", "expected_90": "50.00", "churn_risk": 0.2,
    }  # fmt: skip
    assert found["kinds"][1]["expected_90"] is None


def test_before_the_first_night_there_are_none(store, analyst):
    found = person(analyst).get(FIVE).json()
    assert (found["model_version"], found["customers"], found["kinds"]) == ("", 0, [])


def test_a_customer_s_is_told_with_the_reason(groups, analyst):
    ada = placed(groups, "Ada", "new", reason=[{"kind": "orders", "value": 9.0}])
    assert person(analyst).get(url(ada)).json() == {
        "customer": ada.pk,
        "code": "new",
        "name": "New Customer",
        "reason": "9 orders so far",
        "since": "2026-06-01T12:00:00Z",
        "placed_at": "2026-06-01T12:00:00Z",
        "model_version": str(groups),
    }


def test_who_is_not_there_and_who_may_not_ask(groups, other_store, stranger, analyst):
    ada = placed(groups, "Ada")
    other = person(stranger)
    assert other.get(url(ada)).status_code == 404
    assert other.get(FIVE).json()["kinds"] == []
    client = server(groups.store, "read")
    assert client.get(url(customer(groups.store, "Ben"))).status_code == 404
    assert client.get(url(ada).replace(f"{ada.pk}", "9" * 20)).status_code == 404
    ada.woo_id, ada.email = None, ""
    ada.save()
    assert client.get(url(ada)).status_code == 404
    page = as_caller(Caller(groups.store, PUBLISHABLE, scopes=frozenset(), key_id=1))
    for path in (FIVE, url(ada)):
        assert page.get(path).status_code == 403
        assert server(groups.store, "write").get(path).status_code == 403
