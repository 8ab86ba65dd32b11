from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from apps.core.errors import InvalidInputError, UnknownError
from apps.decisions.models import Outcome
from apps.decisions.services import outcomes
from apps.decisions.services.log import log
from apps.decisions.services.sentence import because
from tests.conftest import NOW


@pytest.fixture
def decision(store):
    return log(
        store,
        "recommendations.served",
        "customer:42",
        chosen=[7],
        reason=because("popular"),
        at=NOW,
    )


def euros(decision, kind, source, amount):
    of = (decision.store, decision.id)
    return outcomes.join(of, kind, source, NOW, amount=Decimal(amount), currency="EUR")


def test_it_joins_an_outcome_once(decision):
    first = euros(decision, "order", "order:1", "80.00")
    again = euros(decision, "order", "order:1", "99.00")
    assert again.pk == first.pk
    assert Outcome.objects.of(decision.store).get().amount == Decimal("80.00")


def test_it_counts_net_of_refunds(decision):
    euros(decision, "click", "event:1", "0")
    euros(decision, "order", "order:1", "80.00")
    euros(decision, "order", "order:2", "20.00")
    euros(decision, "refund", "refund:9", "30.05")
    euros(decision, "margin", "order:1", "41.00")
    net = outcomes.net(decision.store, decision.id)
    assert net == {"EUR": Decimal("69.95")}


def test_it_keeps_currencies_apart(decision):
    euros(decision, "order", "order:1", "80.00")
    of = (decision.store, decision.id)
    dollars = {"amount": Decimal(5), "currency": "USD"}
    outcomes.join(of, "order", "order:2", NOW, **dollars)
    net = outcomes.net(decision.store, decision.id)
    assert net == {"EUR": Decimal(80), "USD": Decimal(5)}


def test_it_joins_a_click_without_money(decision):
    outcomes.join((decision.store, decision.id), "click", "event:1", NOW)
    assert outcomes.net(decision.store, decision.id) == {}


def test_it_knows_no_other_stores_decision(decision, other_store):
    with pytest.raises(UnknownError):
        outcomes.join((other_store, decision.id), "click", "event:1", NOW)
    assert not Outcome.objects.across_stores().exists()


def test_it_knows_no_invented_decision(store):
    with pytest.raises(UnknownError):
        outcomes.join((store, uuid4()), "click", "event:1", NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "order", "amount": Decimal(5)},
        {"kind": "refund", "amount": Decimal(-5), "currency": "EUR"},
        {"kind": "refund"},
    ],
    ids=str,
)
def test_it_refuses_money_that_means_nothing(decision, wrong):
    kind = wrong.pop("kind")
    with pytest.raises(InvalidInputError):
        outcomes.join((decision.store, decision.id), kind, "x:1", NOW, **wrong)


def test_the_database_refuses_money_without_currency(decision):
    with pytest.raises(IntegrityError), transaction.atomic():
        Outcome.objects.create(
            store=decision.store,
            decision_id=decision.id,
            kind="order",
            source="x",
            amount=5,
            occurred_at=NOW,
        )
