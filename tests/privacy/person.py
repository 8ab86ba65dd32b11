"""Ada Lovelace, who left traces everywhere, and a search of the whole database for her."""

from __future__ import annotations

import json
import secrets
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection

from apps.accounts.models import IdempotentAnswer
from apps.core.ids import uuid7
from apps.decisions.services import log
from apps.events.models import (
    Event,
    IdentityChange,
    Interaction,
    Link,
    Session,
    Sighting,
    Visitor,
    VisitorDay,
)
from apps.experiments.models import Experiment, Exposure, Variant
from apps.features.models import CustomerFeatures
from apps.recommendations.models import Shelf, Shown
from apps.registry.models import ModelVersion
from apps.segmentation.models import CustomerValue, Member, Place, RfmScore
from apps.segmentation.services import write
from apps.shop.models import Address, Customer, CustomerMerge, Order, Refund
from apps.sync.models import Delivery, FileImport, FileImportProblem, Finding
from apps.sync.services.files.import_file import STORAGE
from tests.conftest import NOW, say

EMAIL, PHONE, FIRST, LAST = (
    "ada@lovelace.example",
    "+44 20 7946 0958",
    "Ada",
    "Lovelace",
)
POSTCODE, CITY, STREET = "SW1Y 4JH", "Marylebone-upon-Test", "12 St James's Square"
AHEAD = ("orders", "revenue", "low", "high")
VISITORS = ["visitor-of-ada-phone-1815", "visitor-of-ada-desk-1843"]
NUMBER = 815_042
NEEDLES = [EMAIL, PHONE, f"{FIRST} {LAST}", LAST, POSTCODE, CITY, STREET, *VISITORS]


def everywhere(store, product):
    """Her rows, in every table that could know her."""
    ada = Customer.objects.create(
        store=store, woo_id=NUMBER, email=EMAIL, first_name=FIRST, last_name=LAST,
        phone=PHONE, extra={"note": f"{FIRST} {LAST}"},
        first_ordered_at=NOW, last_ordered_at=NOW,
    )  # fmt: skip
    guest = Customer.objects.create(
        store=store, email="a.lovelace@old.example", is_guest=True, merged_into=ada
    )
    CustomerMerge.objects.create(
        store=store, kept=ada, absorbed=guest, reason="Same person", merged_at=NOW,
        moved={"email": EMAIL},
    )  # fmt: skip
    say(ada, is_granted=True)
    in_shop(store, ada)
    in_visits(store, ada, product)
    in_choices(store, ada)
    word_by_word(store, ada)
    return ada


def in_shop(store, ada):
    place = Address.objects.create(
        store=store, customer=ada, country="GB", region="London", city=CITY,
        postcode=POSTCODE,
    )  # fmt: skip
    order = Order.objects.create(
        store=store, woo_id=7001, number="7001", status="completed", customer=ada,
        shipping_address=place, currency="EUR", total=Decimal("80.00"), placed_at=NOW,
    )  # fmt: skip
    Refund.objects.create(
        store=store, woo_id=7002, order=order, amount=Decimal("10.00"),
        reason=f"{FIRST} {LAST} sent it back", refunded_at=NOW,
    )  # fmt: skip


def in_visits(store, ada, product):
    for place, visitor in enumerate(VISITORS):
        at = NOW + timedelta(hours=place)
        Session.objects.create(
            store=store, key=f"session-{visitor}", visitor=visitor, customer=ada,
            started_at=at, last_at=at, landing_path=f"/hello?email={EMAIL}",
            referrer=f"https://mail.example/{LAST}", page_views=3, revenue=800_000,
        )  # fmt: skip
        Interaction.objects.create(
            id=uuid7(at), store=store, visitor=visitor, customer=ada, product=product, type="view",
            at=at,
        )  # fmt: skip
        told = Event(
            id=uuid7(at), store=store, batch_id=1, type="search", at=at, visitor=visitor,
            session="s", customer_woo_id=NUMBER, currency="",
            properties={"query": f"{FIRST} {LAST}"}, context={"email": EMAIL},
        )  # fmt: skip
        Event.objects.bulk_create([told])
        Sighting.objects.create(
            store=store, visitor=visitor, evidence="login", woo_id=NUMBER,
            hour_at=at, first_at=at, last_at=at, event_id=uuid4(), customer=ada,
            seen_at=at,
        )  # fmt: skip
        Link.objects.create(
            store=store, visitor=visitor, customer=ada, evidence="login", first_at=at,
            last_at=at,
        )  # fmt: skip
        IdentityChange.objects.create(
            store=store, kind="linked", visitor=visitor, customer=ada, reason="seen",
            made_at=at, moved={"visitor": visitor},
        )  # fmt: skip
        Visitor.objects.create(
            store=store, key=visitor, first_at=at, last_at=at, sessions=1
        )
        VisitorDay.objects.create(
            store=store, visitor=visitor, seen_on=date(2026, 6, 1)
        )


def in_choices(store, ada):
    for subject in (f"visitor:{VISITORS[0]}", f"customer:{ada.pk}"):
        log.log(
            store, "recommendations.served", subject, chosen=[1],
            reason={"code": "popular", "facts": {}}, at=NOW,
        )  # fmt: skip
    test = Experiment.objects.create(
        store=store, key="t", name="T", salt="s", created_at=NOW
    )
    variant = Variant.objects.create(
        store=store, experiment=test, key="a", name="A", is_control=True, share=1.0,
        chance=1.0,
    )  # fmt: skip
    Exposure.objects.create(
        store=store, experiment=test, variant=variant, unit=f"visitor:{VISITORS[1]}",
        at=NOW, customer=ada, propensity=1.0,
    )  # fmt: skip
    Shown.objects.create(store=store, visitor=VISITORS[0], times={"1": 2}, last_at=NOW)
    Shelf.objects.create(
        store=store, kind="for_you", subject=f"customer:{ada.pk}", picks=[],
        computed_at=NOW,
    )  # fmt: skip
    CustomerFeatures.objects.create(
        store=store, customer=ada, as_of=NOW, numbers={"orders": 1}
    )
    RfmScore.objects.create(
        store=store, customer=ada, recency=3, frequency=3, money=3, code="333", days=0,
        orders=1, spent=70.0, as_of=NOW,
    )  # fmt: skip
    version = ModelVersion.objects.create(
        store=store, kind="segmentation.value", name="rhythms", number=1, trained_at=NOW
    )
    CustomerValue.objects.create(
        store=store, version=version, customer=ada, chance=0.5, churn=0.5, orders=1,
        spent=70.0, total=90.0, computed_at=NOW,
        **{f"{name}_{days}": 1.0 for name in AHEAD for days in (90, 365)},
    )  # fmt: skip
    Place.objects.create(
        store=store, version=version, customer=ada, code="new", since_at=NOW,
        placed_at=NOW,
    )  # fmt: skip
    everyone = {"name": "Everyone", "conditions": {"field": "orders", "is": "known"}}
    segment = write.create(store, everyone, NOW)
    Member.objects.create(store=store, segment=segment, customer=ada, entered_at=NOW)


def word_by_word(store, ada):
    """What came as text, and was kept for a while."""
    said = {"id": 7001, "customer_id": NUMBER, "billing": {"email": EMAIL, "address_1": STREET, "last_name": LAST}}  # fmt: skip
    Delivery.objects.create(
        store=store, topic="order.updated", body=json.dumps(said).encode(),
        digest="d", received_at=NOW, due_at=NOW,
    )  # fmt: skip
    path = storages[STORAGE].save("ada.csv", ContentFile(f"email\n{EMAIL}\n".encode()))
    taken = FileImport.objects.create(
        store=store, kind="customers", status="done", name="people.csv", path=path,
        digest="d", size=9, created_at=NOW,
    )  # fmt: skip
    FileImportProblem.objects.create(
        store=store, file_import=taken, line=2, reason="odd", is_refused=True,
        row={"email": EMAIL, "name": f"{FIRST} {LAST}"},
    )  # fmt: skip
    Finding.objects.create(
        store=store, code="customers.duplicate", subject=f"customer:{ada.pk}",
        text=f"{EMAIL} is there twice.", fix="Merge them.", found_at=NOW, seen_at=NOW,
    )  # fmt: skip
    IdempotentAnswer.objects.create(
        store=store, key=secrets.token_hex(8), caller="key:1", request_digest="d",
        status=200, body=json.dumps({"email": EMAIL}).encode(), created_at=NOW,
    )  # fmt: skip


def found(needles=NEEDLES):
    """Where any of these words stands, in any column of any table: {table.column}."""
    hits = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    text = text_of(value).lower()
                    if any(needle.lower() in text for needle in needles):
                        hits.add(f"{table}.{name}")
    return hits


def text_of(value):
    if isinstance(value, memoryview | bytes):
        return bytes(value).decode(errors="replace")
    return json.dumps(value, default=str, ensure_ascii=False) if isinstance(value, dict | list) else str(value)  # fmt: skip
