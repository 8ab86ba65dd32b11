"""After an erasing the shop still knows the person: no pass over it brings them back."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from apps.privacy.services import ask
from apps.privacy.services.whom import Question
from apps.privacy.services.work import work
from apps.shop.models import Customer, Order
from apps.sync.models import Run
from tests.privacy.person import found
from tests.sync.conftest import connection, fake, prove, sync  # noqa: F401


def test_a_proof_and_a_first_sync_leave_them_away(
    store,
    fake,  # noqa: F811
    sync,  # noqa: F811
    prove,  # noqa: F811
):
    fake.fill(products=4, customers=6, orders=20)
    sync(Run.Kind.FIRST)
    person = Customer.objects.of(store).exclude(woo_id=None).order_by("pk").last()
    email, number, orders = person.email, person.woo_id, person.orders.count()
    assert orders
    row = ask.erase(store, Question(email=email), timezone.now(), by=None)
    # The shop's clock and ours may differ by a second.
    assert work(row, lambda: timezone.now() + timedelta(seconds=5))

    sync(Run.Kind.FIRST)
    certificate = prove()

    assert certificate.verdict == "equal"
    assert found([email]) == set()
    assert not Customer.objects.of(store).filter(woo_id=number).exists()
    assert Order.objects.of(store).filter(customer=person.pk).count() == orders
