"""The way of a file: kept, rehearsed, confirmed, taken; cut off anywhere, gone on with."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.db import connection

from apps.accounts.models import AuditEntry, Store
from apps.core.errors import ConflictError
from apps.shop.models import Customer, Order, OrderLine, PriceChange, Product, Variant
from apps.sync.models import FileImport, FileImportProblem
from apps.sync.services.files import import_file
from tests.at_once import at_once
from tests.conftest import NOW
from tests.sync.files.conftest import problems, rehearse, take, upload

FAR = NOW + timedelta(days=36_500)


def products(count, start=1):
    rows = [f"{n},Dress {n},{n}.50,{n % 7}" for n in range(start, start + count)]
    return "\n".join(["id,name,price,stock_quantity", *rows])


def orders(count):
    rows = [
        f"{n},2026-05-01,30,g{n % 40}@mail.example,{n % 90},Dress,{line},10"
        for n in range(1, count + 1)
        for line in (1, 2)
    ]
    return "\n".join(
        [
            "id,placed_at,total,email,product_id,line_name,line_quantity,line_total",
            *rows,
        ]
    )


def test_it_writes_nothing_in_a_rehearsal_and_says_what_it_would_do(atelier):
    take(atelier, "products", "id,name,price\n1,Dress 1,1.50\n2,Old name,2\n")
    before = PriceChange.objects.of(atelier).count()
    row = rehearse(atelier, "products", products(3) + "\nx,Bad,1,1\n")
    assert (row.status, row.row_total) == ("checked", 4)
    assert row.preview == {"created": 1, "updated": 2, "refused": 1}
    assert problems(row) == [(5, "id", "“x” is no id: an id is made of digits only.")]
    assert Product.objects.of(atelier).get(woo_id=2).name == "Old name"
    assert PriceChange.objects.of(atelier).count() == before
    assert Product.objects.of(atelier).count() == 2


def test_it_does_what_the_rehearsal_said_at_a_persons_word(atelier):
    row = rehearse(atelier, "products", products(3))
    import_file.confirm(row, by=None)
    assert import_file.advance(row, FAR)
    assert (row.status, row.counts) == ("done", {"created": 3})
    assert row.preview == row.counts
    with pytest.raises(ConflictError):
        import_file.confirm(row, by=None)


def test_it_goes_on_slice_by_slice(atelier):
    row = upload(atelier, "products", products(450))
    times = 0
    while not import_file.advance(row, NOW):  # each call one batch: its time is over
        times += 1
        assert row.rows_read == 200 * times
    assert (times, row.status, row.counts) == (2, "done", {"created": 450})


def test_it_lets_one_worker_at_a_file(atelier):
    row = upload(atelier, "products", products(450))
    import_file.claim_it(row, NOW)
    with pytest.raises(ConflictError, match="Another worker"):
        import_file.advance(row, FAR, lambda: NOW)
    later = NOW + import_file.LEASE + timedelta(seconds=1)
    assert import_file.advance(row, FAR, lambda: later)


def test_it_takes_back_the_batch_of_a_worker_whose_lease_ran_out(atelier):
    row = upload(atelier, "products", products(450))
    seen = []

    def overtake(watched):
        seen.append(watched.rows_read)
        FileImport.objects.of(atelier).update(claim="another", claimed_until=FAR)

    with pytest.raises(ConflictError, match="taken over"):
        import_file.advance(row, FAR, watch=overtake)
    assert (seen, Product.objects.of(atelier).count()) == ([200], 200)


class KilledError(BaseException):
    """As a kill: nothing catches it."""


def killed_after(statements):
    left = statements

    def execute(run, sql, params, many, context):
        nonlocal left
        left -= 1
        if left < 0:
            raise KilledError
        return run(sql, params, many, context)

    return connection.execute_wrapper(execute)


def state(store):
    return {
        "products": list(Product.objects.of(store).order_by("woo_id").values_list("woo_id", "name", "price")),
        "variants": list(Variant.objects.of(store).order_by("woo_id").values_list("woo_id", "stock_quantity")),
        "prices": PriceChange.objects.of(store).count(),
        "orders": list(Order.objects.of(store).order_by("woo_id").values_list("woo_id", "total", "customer__email")),
        "lines": list(OrderLine.objects.of(store).order_by("order__woo_id", "pk").values_list("order__woo_id", "name", "quantity", "product__woo_id")),
        "people": list(Customer.objects.of(store).order_by("email").values_list("email", "last_ordered_at")),
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(2))
def test_it_ends_the_same_however_often_it_is_killed(
    atelier, second_atelier, seed, monkeypatch
):
    """At any statement, of either kind of file, and gone on with by another worker."""
    monkeypatch.setattr(import_file, "BATCH", 20)
    for kind, content in (("products", products(60)), ("orders", orders(40))):
        take(second_atelier, kind, content + "\nbad,row")
        row = upload(atelier, kind, content + "\nbad,row")
        chance, kills, now = random.Random(seed), 0, NOW
        while row.status in FileImport.OPEN:
            try:
                with killed_after(chance.randint(5, 900)):
                    import_file.advance(row, FAR, lambda at=now: at)
            except KilledError:
                kills += 1
            now += import_file.LEASE + timedelta(seconds=1)
            row.refresh_from_db()
        assert kills > 0
        expected = FileImport.objects.of(second_atelier).latest("pk")
        assert (row.rows_read, row.counts) == (expected.rows_read, expected.counts)
        assert problems(row) == problems(expected)
    assert state(atelier) == state(second_atelier)


def test_it_goes_on_with_all_that_wait_and_leaves_shut_stores_alone(
    atelier, second_atelier
):
    first = upload(atelier, "products", products(3))
    second = upload(second_atelier, "products", products(2), is_checked_first=True)
    Store.objects.filter(pk=second_atelier.pk).update(status="closed")
    assert import_file.continue_all(NOW, lambda: NOW) == 1
    for row in (first, second):
        row.refresh_from_db()
    assert (first.status, second.status) == ("done", "checking")


def test_it_lets_others_pass_where_a_file_fails(atelier, second_atelier, monkeypatch):
    broken = upload(atelier, "products", products(3))
    good = upload(
        second_atelier, "products", products(2), at=NOW + timedelta(minutes=1)
    )
    with pytest.raises(KilledError), killed_after(8):
        import_file.continue_all(NOW, lambda: NOW)
    assert import_file.continue_all(NOW, lambda: NOW) == 1
    for row in (broken, good):
        row.refresh_from_db()
    assert (broken.status, good.status) == ("importing", "done")


def test_it_stops_at_a_persons_word(atelier):
    row = rehearse(atelier, "products", products(3))
    import_file.throw_away(row, NOW, by=None)
    assert (row.status, import_file.continue_all(NOW)) == ("stopped", 0)
    with pytest.raises(ConflictError):
        import_file.throw_away(row, NOW, by=None)


def test_it_forgets_files_and_refused_rows_after_a_month(atelier):
    row = take(atelier, "products", "id,name\nx,Bad\n")
    assert import_file.forget(NOW + timedelta(days=29)) == 0
    assert import_file.forget(NOW + timedelta(days=31)) == 1
    row.refresh_from_db()
    assert (row.path, FileImportProblem.objects.of(atelier).count()) == ("", 0)
    assert not storages["artefacts"].listdir(f"{atelier.pk}/imports")[1]


def test_it_refuses_stores_that_are_connected_to_a_shop(store):
    with pytest.raises(ConflictError, match="its data comes from there"):
        upload(store, "products", products(1))
    assert not FileImport.objects.of(store).exists()


def test_it_says_so_where_the_file_is_gone(atelier):
    row = upload(atelier, "products", products(1))
    storages["artefacts"].delete(row.path)
    assert import_file.advance(row, FAR)
    assert (row.status, row.error) == ("refused", "The file is gone. Choose it again.")


def test_it_leaves_a_trail(atelier):
    row = rehearse(atelier, "products", products(1))
    import_file.confirm(row, by=None)
    trail = AuditEntry.objects.filter(store=atelier).order_by("pk")
    assert [entry.action for entry in trail] == [
        "file_import.received",
        "file_import.confirmed",
    ]


@pytest.mark.slow
def test_it_takes_ten_thousand_rows_in_slices(atelier):
    rows = [f"{n},p{n}@mail.example,Ada,Nº {n}" for n in range(1, 10_001)]
    row = upload(
        atelier, "customers", "\n".join(["id,email,first_name,last_name", *rows])
    )
    clock = (NOW + timedelta(seconds=n) for n in range(10**6))
    slices = 1
    while not import_file.advance(row, NOW + timedelta(seconds=60 * slices), lambda: next(clock)):  # fmt: skip
        slices += 1
    assert (row.status, row.counts) == ("done", {"created": 10_000})
    assert slices > 1
    assert Customer.objects.of(atelier).count() == 10_000


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_it_lets_one_of_two_workers_win(atelier):
    row = upload(atelier, "products", products(20))
    twins = [FileImport.objects.of(atelier).get(pk=row.pk) for _ in range(2)]

    def work(mine):
        import_file.advance(mine, FAR)

    assert sorted(at_once(work, work, rows=twins)) == ["conflict", "won"]
    row.refresh_from_db()
    assert (row.status, row.counts) == ("done", {"created": 20})
