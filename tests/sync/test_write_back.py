"""Changes brought into a shop, read back, and never done twice."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection as database

from apps.accounts.models import AuditEntry, Store
from apps.accounts.services import sealed
from apps.demo.fake_shop.errors import RestError
from apps.demo.fake_shop.rest.routes import App
from apps.demo.fake_shop.server import serve
from apps.demo.fake_shop.shop import FakeShop
from apps.shop.models import Coupon, Product, Variant
from apps.sync.models import Connection, Write
from apps.sync.services.writing import ask
from apps.sync.services.writing.send import MOVED, READ_ONLY, send_due
from apps.sync.services.writing.settle import LEASE, MOST_ATTEMPTS
from tests.conftest import NOW

pytestmark = pytest.mark.enable_socket
DAY = timedelta(days=1)
LATER = NOW + LEASE + timedelta(minutes=1)
BY = {"asked_by": "brain:pricing", "at": NOW}


class Watched(FakeShop):
    """Notes what it is told, and can break off while it answers."""

    def __init__(self, **about):
        super().__init__(**about)
        self.told = Counter()
        # Called with the verb before or after the shop has done it.
        self.before = self.after = lambda verb: None

    def edit_product(self, *args, **fields):
        self.watch("edit", super().edit_product, *args, **fields)

    def edit_variation(self, *args, **fields):
        self.watch("edit", super().edit_variation, *args, **fields)

    def add_coupon(self, *args, **fields):
        return self.watch("coupon", super().add_coupon, *args, **fields)

    def watch(self, verb, act, *args, **fields):
        self.before(verb)
        self.told[verb] += 1
        done = act(*args, **fields)
        self.after(verb)
        return done


def cut(verb):
    """The connection ends without an answer."""
    raise ConnectionResetError


@pytest.fixture
def shop(store, settings):
    settings.SHOPS_MAY_BE_PRIVATE = True
    shop = Watched(key="ck_lab", secret="cs_lab", currency="EUR", time_zone="UTC")
    shop.clock = lambda: NOW
    with serve(shop) as url:
        Connection.objects.create(
            store=store,
            url=url,
            sealed_keys=sealed.seal(
                json.dumps({"key": "ck_lab", "secret": "cs_lab"}).encode()
            ),
            key_ending="ck_lab",
            sealed_hook_secret=sealed.seal(b"hook"),
            hook_token="token",
            connected_at=NOW,
        )
        yield shop


@pytest.fixture
def dress(shop, copy):
    return add(shop, copy, "Dress")


def add(shop, copy, name, **fields):
    """A product in the shop and in our copy."""
    woo_id = shop.add_product(name=name, regular_price="40.00", **fields)
    copy("products", shop.truth("products")[woo_id])
    shop.told.clear()
    return Product.objects.across_stores().get(woo_id=woo_id)


def ask_price(subject, sale="30.00", key="k1", **more):
    sale_price = None if sale is None else Decimal(sale)
    return ask.price(
        subject.store, subject, sale_price=sale_price, key=key, **{**BY, **more}
    )


def in_shop(shop, product):
    row = shop.truth("products")[product.woo_id]
    return row["regular_price"], row["sale_price"]


def state(write):
    write.refresh_from_db()
    return write.status, write.error


def change(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def test_it_brings_a_price_into_the_shop_and_reads_it_back(shop, dress):
    write = ask_price(dress, starts_at=NOW + DAY, ends_at=NOW + 8 * DAY)
    assert send_due(NOW) == 1
    assert state(write) == ("verified", "")
    assert write.before == {
        "regular_price": "40.00",
        "sale_price": "",
        "date_on_sale_from_gmt": None,
        "date_on_sale_to_gmt": None,
    }
    row = shop.truth("products")[dress.woo_id]
    assert (row["sale_price"], row["date_on_sale_from_gmt"]) == (
        "30.00",
        "2026-06-02T12:00:00",
    )
    dress.refresh_from_db()
    assert dress.sale_price == Decimal("30.00")
    assert dress.sale_to_at == NOW + 8 * DAY


def test_it_writes_one_audit_entry_for_each(shop, dress):
    write = ask_price(dress)
    send_due(NOW)
    send_due(LATER)
    entry = AuditEntry.objects.get(store=dress.store)
    assert (entry.action, entry.subject, entry.actor_label) == (
        "shop.price_verified",
        f"woo_product:{dress.woo_id}",
        "brain:pricing",
    )
    assert entry.detail["asked"] == write.values


def test_it_leaves_a_price_that_is_so_already(shop, dress):
    shop.edit_product(dress.woo_id, sale_price="30")
    shop.told.clear()
    write = ask_price(dress)
    send_due(NOW)
    assert state(write) == ("verified", "")
    assert not shop.told


def test_it_sends_variants_below_their_product(shop, copy, store):
    woo_id = shop.add_product(name="Coat", type="variable", attributes=[])
    ids = [
        shop.add_variation(woo_id, attributes={"Size": size}, regular_price="99")
        for size in ("M", "L")
    ]
    copy("products", shop.truth("products")[woo_id])
    copy("variations", *shop.truth("variations").values())
    variants = Variant.objects.of(store).order_by("woo_id")
    writes = [ask_price(row, "70.00", f"k{row.pk}") for row in variants]
    send_due(NOW)
    assert [state(write) for write in writes] == [("verified", "")] * 2
    prices = [shop.truth("variations")[one]["sale_price"] for one in ids]
    assert prices == ["70.00", "70.00"]
    assert {row.sale_price for row in variants.all()} == {Decimal(70)}


def test_it_sends_a_hundred_in_one_request(shop, copy):
    products = [add(shop, copy, f"P{n}") for n in range(101)]
    writes = [ask_price(row, key=f"k{row.pk}") for row in products]
    assert send_due(NOW) == 101
    assert {state(write) for write in writes} == {("verified", "")}


def test_an_error_of_one_touches_only_that_one(shop, copy, dress):
    coat = add(shop, copy, "Coat")
    first, second = ask_price(dress), ask_price(coat, key="k2")

    def lose(verb):
        """Deleted between the look and the sending."""
        shop.before = lambda verb: None
        shop.products.rows.pop(dress.woo_id)
        shop.products.ids.remove(dress.woo_id)

    shop.before = lose
    send_due(NOW)
    assert state(first) == ("refused", "The shop says: Invalid ID.")
    assert state(second) == ("verified", "")


def test_it_refuses_what_is_no_longer_in_the_shop(shop, dress):
    write = ask_price(dress)
    shop.trash_product(dress.woo_id)
    send_due(NOW)
    assert state(write) == ("refused", "The shop does not have this product any more.")
    assert not shop.told


def test_it_refuses_a_sale_that_the_shop_would_drop(shop, dress):
    write = ask_price(dress)
    shop.edit_product(dress.woo_id, regular_price="30.00")
    shop.told.clear()
    send_due(NOW)
    assert state(write)[0] == "refused"
    assert in_shop(shop, dress) == ("30.00", "")
    assert not shop.told


def test_it_puts_back_what_the_shop_made_something_else_of(shop, dress):
    shop.edit_product(dress.woo_id, sale_price="35.00")
    write = ask_price(dress)

    def bend(verb):
        """A plugin of the shop has its own mind."""
        shop.after = lambda verb: None
        shop.products.get(dress.woo_id).sale = "33.33"

    shop.after = bend
    send_due(NOW)
    assert state(write) == (
        "refused",
        "The shop did not keep what it was told (sale price). It is as it was before.",
    )
    assert in_shop(shop, dress) == ("40.00", "35.00")


def test_it_leaves_alone_what_somebody_changed_meanwhile(shop, dress):
    write = ask_price(dress)
    show = shop.show

    def change_after_answer(kind, row, base):
        """The answer to the write is as asked; what is read afterwards is not."""
        payload = show(kind, row, base)
        if shop.told["edit"] == 1:
            shop.told["edit"] += 1
            row.sale = "25.00"
        return payload

    shop.show = change_after_answer
    send_due(NOW)
    assert state(write) == (
        "refused",
        "Someone else changed it in the shop at the same moment.",
    )
    assert in_shop(shop, dress) == ("40.00", "25.00")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_it_looks_before_it_sends_again(shop, dress, moment):
    write = ask_price(dress)
    setattr(shop, moment, cut)
    send_due(NOW)
    assert state(write) == ("waiting", "The shop does not answer.")
    sent = shop.told["edit"]
    setattr(shop, moment, lambda verb: None)
    assert send_due(NOW + timedelta(minutes=4)) == 0
    send_due(NOW + timedelta(minutes=6))
    assert state(write) == ("verified", "")
    assert in_shop(shop, dress) == ("40.00", "30.00")
    assert (sent, shop.told["edit"]) == {"before": (0, 1), "after": (1, 1)}[moment]


def test_it_gives_up_after_a_while(shop, dress):
    write, at = ask_price(dress), NOW
    shop.before = cut
    for _ in range(MOST_ATTEMPTS):
        send_due(at)
        at += DAY
    text = "Given up, and it is not known whether the shop did it: "
    assert state(write) == ("failed", f"{text}The shop does not answer.")


@pytest.mark.parametrize(
    ("change_of", "reason"),
    [
        ({"status": "paused"}, "The connection with the shop is paused."),
        ({"status": "refused"}, "The shop refuses the keys."),
        ({"status": "moved"}, MOVED),
        ({"may_write": False}, READ_ONLY),
    ],
)
def test_it_refuses_where_the_connection_does_not_allow_it(
    shop, dress, change_of, reason
):
    write = ask_price(dress)
    Connection.objects.of(dress.store).update(**change_of)
    send_due(NOW)
    assert state(write) == ("refused", reason)
    assert not shop.told


@pytest.mark.parametrize("status", [Store.Status.PAUSED, Store.Status.CLOSED])
def test_it_refuses_in_a_store_that_is_not_active(shop, dress, status):
    write = ask_price(dress)
    change(dress.store, status=status)
    send_due(NOW)
    assert state(write)[0] == "refused"
    assert not shop.told


def test_it_refuses_where_no_shop_is_connected(shop, dress):
    write = ask_price(dress)
    Connection.objects.of(dress.store).delete()
    send_due(NOW)
    assert state(write) == ("refused", "No shop is connected.")


def test_trap_16_it_writes_nothing_into_a_copy_of_the_shop(shop, dress):
    write = ask_price(dress)
    shop.quirks.staging_url = "https://staging.maison.example"
    send_due(NOW)
    assert state(write) == ("refused", MOVED)
    assert Connection.objects.of(dress.store).get().status == "moved"
    assert not shop.told
    assert in_shop(shop, dress) == ("40.00", "")


def test_it_waits_where_a_security_plugin_hides_the_address(shop, dress, monkeypatch):
    """The public index is closed; that says nothing about the keys."""
    write = ask_price(dress)

    def close(shop, request):
        raise RestError(401, "rest_not_logged_in", "You are not currently logged in.")

    monkeypatch.setattr("apps.demo.fake_shop.rest.about.index", close)
    send_due(NOW)
    assert state(write) == ("waiting", "The shop does not say what its address is.")
    assert Connection.objects.of(dress.store).get().status == "failing"
    assert not shop.told


def test_it_refuses_with_keys_that_only_read(shop, dress):
    write = ask_price(dress)
    keys = shop.add_key("read")
    Connection.objects.of(dress.store).update(
        sealed_keys=sealed.seal(
            json.dumps({"key": keys.key, "secret": keys.secret}).encode()
        )
    )
    send_due(NOW)
    assert state(write) == ("refused", READ_ONLY)
    assert Connection.objects.of(dress.store).get().may_write is False
    assert not shop.told


def test_it_knows_read_keys_in_a_shop_of_another_language(shop, dress, monkeypatch):
    """Its answer says "wrong key" as far as we can read it."""
    write = ask_price(dress)

    def refuse(app, route, request):
        text = "Cette clef ne permet que de lire."
        raise RestError(401, "woocommerce_rest_authentication_error", text)

    monkeypatch.setattr(App, "batch", refuse)
    send_due(NOW)
    assert state(write) == ("refused", READ_ONLY)
    assert Connection.objects.of(dress.store).get().status == "active"


def test_it_settles_what_was_asked_first_before_the_next(shop, dress):
    first, second = ask_price(dress, "30.00"), ask_price(dress, "25.00", "k2")
    assert send_due(NOW) == 1
    assert (first.pk, state(first)[0], state(second)[0]) == (
        first.pk,
        "verified",
        "waiting",
    )
    send_due(NOW)
    assert state(second) == ("verified", "")
    assert second.before["sale_price"] == "30.00"
    assert in_shop(shop, dress) == ("40.00", "25.00")


def test_it_holds_the_next_back_while_the_first_waits_for_the_shop(shop, dress):
    first, second = ask_price(dress, "30.00"), ask_price(dress, "25.00", "k2")
    shop.before = cut
    send_due(NOW)
    assert send_due(NOW) == 0
    assert (state(first)[0], state(second)[0]) == ("waiting", "waiting")


@contextmanager
def at_update_of(column, act):
    """Do something at the moment when a write's column is to be changed, once."""
    done = []

    def wrapper(execute, sql, params, many, context):
        is_it = sql.startswith('UPDATE "sync_write"') and f'"{column}"' in sql
        if is_it and not done:
            done.append(sql)
            act()
        return execute(sql, params, many, context)

    with database.execute_wrapper(wrapper):
        yield
    assert done


@pytest.mark.parametrize("column", ["attempts", "sent_at", "settled_at"])
def test_of_two_workers_one_sends(shop, dress, column):
    """The second begins while the first claims, sends, or settles."""
    write = ask_price(dress)
    with at_update_of(column, lambda: send_due(NOW)):
        send_due(NOW)
    assert state(write) == ("verified", "")
    assert shop.told["edit"] == 1
    assert AuditEntry.objects.filter(store=dress.store).count() == 1


class Killed(BaseException):
    """kill -9: nothing of ours runs any more."""


def kill():
    raise Killed


@pytest.mark.parametrize("column", ["attempts", "sent_at", "settled_at"])
def test_trap_14_a_killed_worker_leaves_nothing_done_twice(shop, dress, column):
    write = ask_price(dress)
    with pytest.raises(Killed), at_update_of(column, kill):
        send_due(NOW)
    send_due(LATER)
    assert state(write) == ("verified", "")
    assert shop.told["edit"] == 1
    assert in_shop(shop, dress) == ("40.00", "30.00")


def coupon(store, code="Rescue-1", key="c1", **wish):
    given = {"code": code, "kind": "percent", "amount": Decimal(15)}
    return ask.coupon(store, **{**given, "key": key, **BY, **wish})


def test_it_makes_a_coupon(shop, store):
    write = coupon(
        store,
        expires_at=NOW + 30 * DAY,
        usage_limit=1,
        usage_limit_per_customer=1,
        emails=["Ada@mail.example"],
        minimum_amount=Decimal(20),
    )
    send_due(NOW)
    assert state(write) == ("verified", "")
    row = shop.truth("coupons")[write.woo_id]
    assert (row["code"], row["date_expires_gmt"], row["email_restrictions"]) == (
        "rescue-1",
        "2026-07-01T12:00:00",
        ["ada@mail.example"],
    )
    assert Coupon.objects.of(store).get().code == "rescue-1"


def test_it_forgets_the_addresses_once_the_shop_has_them(shop, store):
    wish = {"emails": ["ada@mail.example"]}
    write = coupon(store, **wish)
    send_due(NOW)
    write.refresh_from_db()
    kept = f"{write.values} {AuditEntry.objects.get(store=store).detail}"
    assert "ada" not in kept
    assert coupon(store, **wish).pk == write.pk


def test_it_refuses_a_code_that_somebody_else_uses(shop, store):
    shop.add_coupon("RESCUE-1", "5")
    write = coupon(store)
    send_due(NOW)
    assert state(write) == ("refused", "Another coupon in the shop has this code.")
    assert [row["amount"] for row in shop.truth("coupons").values()] == ["5.00"]


@pytest.mark.parametrize("column", ["attempts", "sent_at", "settled_at"])
def test_trap_25_a_killed_worker_leaves_no_second_coupon(shop, store, column):
    write = coupon(store)
    with pytest.raises(Killed), at_update_of(column, kill):
        send_due(NOW)
    send_due(LATER)
    assert state(write) == ("verified", "")
    assert list(shop.truth("coupons")) == [write.woo_id]
    assert shop.told["coupon"] == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_it_makes_one_coupon_where_the_answer_was_lost(shop, store, moment):
    write = coupon(store)
    setattr(shop, moment, cut)
    send_due(NOW)
    setattr(shop, moment, lambda verb: None)
    send_due(LATER)
    assert state(write) == ("verified", "")
    assert list(shop.truth("coupons")) == [write.woo_id]


def test_it_bins_a_coupon_that_is_not_as_asked(shop, store):
    write = coupon(store, usage_limit=1)

    def bend(verb):
        for row in shop.coupons:
            row.extra = {**(row.extra or {}), "usage_limit": None}

    shop.after = bend
    send_due(NOW)
    text = "The shop did not keep what it was told (limit of uses). "
    assert state(write) == ("refused", f"{text}It is as it was before.")
    assert shop.truth("coupons") == {}


def test_it_notes_stock_and_takes_the_note_back(shop, dress):
    write = ask.stock_note(dress.store, dress, "40 more on 3 May", key="n", **BY)
    send_due(NOW)
    assert state(write) == ("verified", "")
    assert notes(shop, dress) == ["40 more on 3 May"]
    back = ask.revert(write, asked_by="person:3", at=NOW)
    send_due(NOW)
    assert state(back) == ("verified", "")
    assert notes(shop, dress) == []


def notes(shop, product):
    rows = shop.truth("products")[product.woo_id]["meta_data"]
    return [row["value"] for row in rows if row["key"] == "_luxebrain_stock_note"]


def test_it_takes_a_price_back_with_its_dates(shop, dress):
    shop.edit_product(
        dress.woo_id, sale_price="35", date_on_sale_to_gmt="2026-06-20T00:00:00"
    )
    write = ask_price(dress, regular_price=Decimal("38.00"))
    send_due(NOW)
    assert in_shop(shop, dress) == ("38.00", "30.00")
    back = ask.revert(write, asked_by="person:3", at=NOW)
    assert ask.revert(write, asked_by="person:4", at=NOW).pk == back.pk
    send_due(NOW)
    assert state(back) == ("verified", "")
    assert in_shop(shop, dress) == ("40.00", "35")
    row = shop.truth("products")[dress.woo_id]
    assert row["date_on_sale_to_gmt"] == "2026-06-20T00:00:00"


def test_it_does_not_bring_back_a_sale_that_is_over(shop, dress):
    shop.edit_product(
        dress.woo_id, sale_price="35", date_on_sale_to_gmt="2026-06-20T00:00:00"
    )
    write = ask_price(dress)
    send_due(NOW)
    write.refresh_from_db()
    back = ask.revert(write, asked_by="person:3", at=NOW + 60 * DAY)
    assert back.values == {
        "sale_price": "",
        "date_on_sale_from": "",
        "date_on_sale_to": "",
    }


def test_a_busy_store_does_not_keep_another_waiting(shop, store, other_store, dress):
    ask_price(dress)
    foreign = Product.objects.create(
        store=other_store, name="A", slug="a", currency="USD", woo_id=1,
        regular_price=50,
    )  # fmt: skip
    write = ask_price(foreign)
    send_due(NOW, limit=1)
    assert state(write) == ("refused", "No shop is connected.")
    assert Write.objects.of(store).get().status == "verified"
