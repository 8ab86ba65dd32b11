"""The cuts of benchmarks/recs follow the data, whatever its dates and ids."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from benchmarks.recs.sets import amazon, beibei, eshop, online_retail
from ml_models.data import BUY, CART


def write(folder, name, part, rows, columns):
    (folder / name).mkdir(parents=True, exist_ok=True)
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    frame = frame.with_columns(pl.selectors.date().cast(pl.Datetime("ns")))
    frame.write_parquet(folder / name / f"{part}.parquet")


def line(customer, code, day, invoice, quantity=1):
    return (invoice, code, f"RED {code}", quantity, day, 2.5, customer, "France")


@pytest.fixture
def retail(tmp_path):
    rows = [
        line(7, "10001", date(2011, 9, 1), "1"),
        line(9, "10002", date(2011, 9, 2), "2"),
        line(7, "10002", date(2011, 11, 3), "3"),
        line(9, "10002a", date(2011, 11, 4), "4"),
        line(7, "10001", date(2011, 12, 5), "5"),
        line(9, "10001", date(2011, 12, 9), "6"),
        # Not judged: a stranger, an unknown product, a return, postage.
        line(8, "10001", date(2011, 12, 5), "7"),
        line(9, "99999", date(2011, 12, 5), "8"),
        line(9, "10002", date(2011, 12, 5), "C9", -1),
        line(9, "POST", date(2011, 12, 5), "10"),
    ]
    columns = [
        "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate",
        "UnitPrice", "CustomerID", "Country",
    ]  # fmt: skip
    write(tmp_path, "online_retail", "lines", rows, columns)
    return online_retail(tmp_path)


def test_retail_tests_the_last_calendar_month(retail):
    every, new = retail
    # Products 10001, 10002, 10002A; customers 7, 9.
    assert every.test.wanted.toarray().tolist() == [[1, 0, 0], [1, 0, 0]]
    assert new.test.wanted.toarray().tolist() == [[1, 0, 0]]
    assert len(every.known) == 4


def test_retail_validates_by_the_month_before(retail):
    every, _ = retail
    assert len(every.past) == 2
    # 10002A was not known then.
    assert every.validation.wanted.toarray().tolist() == [[0, 1, 0]]
    assert (every.validation.now, every.test.now) == (61.0, 91.0)


def test_carts_of_bought_products_are_half_forgotten_in_the_validation(tmp_path):
    buys = [(user, item) for user in (1, 3, 5, 7) for item in (0, 1)]
    carts = [*buys, *[(user, 2) for user in (1, 3, 5, 7)]]
    for part, rows in (
        ("buys", buys),
        ("carts", carts),
        ("last_buy", [(1, 2), (3, 3), (5, 3), (7, 3), (9, 3)]),
    ):
        write(tmp_path, "beibei_cart_buy", part, rows, ["user", "item"])
    (trial,) = beibei(tmp_path)
    # User 9 bought nothing before.
    assert len(trial.test) == 4
    assert trial.test.wanted.toarray()[0].tolist() == [0, 0, 1, 0]
    assert int((trial.known.kinds == CART).sum()) == 12
    assert int((trial.past.kinds == BUY).sum()) == 4
    assert int((trial.past.kinds == CART).sum()) == 10


def test_amazon_hides_the_last_product(tmp_path):
    rows = [
        (user, step, item)
        for user, items in ((1, (5, 6, 7)), (3, (5, 6, 5)), (5, (7, 6, 5, 6)))
        for step, item in enumerate(items)
    ]
    columns = ["user", "position", "item"]
    write(tmp_path, "amazon_clothing_sequences", "interactions", rows, columns)
    (trial,) = amazon(tmp_path)
    # Products 5, 6, 7.
    wanted = {tuple(row) for row in trial.test.wanted.toarray().astype(int).tolist()}
    assert wanted == {(0, 0, 1), (1, 0, 0), (0, 1, 0)}
    assert len(trial.known) == 7
    # What was hidden is known from others, else nobody could find it.
    assert trial.validation.wanted.toarray().sum(0).tolist() == [1, 2, 0]
    assert len(trial.past) == 4


def click(session, day, order, product):
    return (session, day, order, 29, 1, product, 3, order, 1, 20, True, 1)


def test_eshop_asks_for_each_next_click(tmp_path):
    rows = [
        click(1, date(2008, 6, 20), 1, "A1"),
        click(1, date(2008, 6, 20), 2, "A2"),
        click(2, date(2008, 7, 31), 1, "A2"),
        click(2, date(2008, 7, 31), 2, "A1"),
        # August is the test: two days, so is the validation.
        click(3, date(2008, 8, 2), 1, "A1"),
        click(3, date(2008, 8, 2), 2, "A1"),
        click(3, date(2008, 8, 2), 3, "A2"),
        click(3, date(2008, 8, 2), 4, "A1"),
    ]
    columns = [
        "session_id", "date", "click_order", "country", "main_category",
        "clothing_model", "colour", "location", "photography", "price",
        "price_above_category_mean", "page",
    ]  # fmt: skip
    write(tmp_path, "eshop_clothing_clicks", "clicks", rows, columns)
    (trial,) = eshop(tmp_path)
    # The second click repeats the first: no case, but it is remembered.
    assert trial.test.wanted.toarray().tolist() == [[0, 1], [1, 0]]
    assert trial.test.histories.products.tolist() == [0, 0, 0, 0, 1]
    assert trial.validation.wanted.toarray().tolist() == [[1, 0]]
    assert (len(trial.past), len(trial.known)) == (2, 4)
