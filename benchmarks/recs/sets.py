"""The data sets: what is learned from, and the cases of validation and of the test.

A folder holds one folder for each set. Every cut is derived from the data, so that
another folder of the same shape is measured in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import scipy.sparse as sp

from ml_models.data import BUY, CART, NOTHING_KNOWN, VIEW, Deeds, Goods
from ml_models.exam import Exam, exam_of, take_users

MOST_CASES = 6_000
DAY = timedelta(days=1)
# A shop that puts each purchase among its carts does not say which were really carted.
ALL_CARTED = 0.95


@dataclass(frozen=True)
class Trial:
    """`past` precedes the validation, `known` the test: all that may be learned from."""

    name: str
    goods: Goods
    past: Deeds
    validation: Exam
    known: Deeds
    test: Exam


def online_retail(folder: Path) -> list[Trial]:
    """The last calendar month is the test, the month before it the validation."""
    lines = retail_lines(folder)
    cut = lines["InvoiceDate"].max().replace(day=1).date()
    before = (cut - DAY).replace(day=1)
    frame = lines.with_columns(pl.col("InvoiceDate").dt.date().alias("on"))
    learned = frame.filter(pl.col("on") < cut)
    customers = sorted(learned["CustomerID"].unique())
    products = sorted(learned["StockCode"].unique())
    every = purchases(frame, customers, products)
    origin = frame["InvoiceDate"].min()
    first_day, cut_day = (days_between(origin, day) for day in (before, cut))
    known = every.where(every.days < cut_day)
    past = known.where(known.days < first_day)
    goods = retail_goods(learned, products)
    trials = []
    for name, repeats in (("online_retail all", True), ("online_retail new", False)):
        validation = exam_of(
            past, known.where(known.days >= first_day), repeats=repeats
        )
        test = exam_of(known, every.where(every.days >= cut_day), repeats=repeats)
        trials.append(
            Trial(
                name,
                goods,
                past,
                replace(validation, now=first_day),
                known,
                replace(test, now=cut_day),
            )
        )
    return trials


def retail_lines(folder: Path) -> pl.DataFrame:
    """Sold lines of known customers: no returns, postage, samples or giant mistakes."""
    lines = pl.read_parquet(folder / "online_retail" / "lines.parquet")
    return lines.filter(
        (pl.col("Quantity") > 0)
        & (pl.col("UnitPrice") > 0)
        & (pl.col("Quantity") < 10_000)
        & ~pl.col("InvoiceNo").str.starts_with("C")
        & pl.col("StockCode").str.contains(r"^\d{5}")
        & pl.col("CustomerID").is_not_null()
    ).with_columns(pl.col("StockCode").str.to_uppercase())


def purchases(frame: pl.DataFrame, customers: list[Any], products: list[Any]) -> Deeds:
    """One deed for each product of an invoice."""
    origin = frame["InvoiceDate"].min()
    rows = (
        frame.group_by("CustomerID", "StockCode", "InvoiceNo")
        .agg(pl.col("InvoiceDate").min())
        .filter(
            pl.col("CustomerID").is_in(customers) & pl.col("StockCode").is_in(products)
        )
        .sort("InvoiceDate", "InvoiceNo", "StockCode")
    )
    seconds = (rows["InvoiceDate"] - origin).dt.total_seconds().to_numpy()
    return deeds(
        np.searchsorted(customers, rows["CustomerID"].to_numpy()),
        np.searchsorted(products, rows["StockCode"].to_list()),
        np.full(len(rows), BUY),
        seconds / 86_400,
        len(customers),
        len(products),
    )


def retail_goods(frame: pl.DataFrame, products: list[str]) -> Goods:
    """Prices, and the words of the names."""
    rows = (
        frame.group_by("StockCode")
        .agg(pl.col("UnitPrice").median(), pl.col("Description").drop_nulls().first())
        .sort("StockCode")
    )
    words = [set((text or "").upper().split()) for text in rows["Description"]]
    return Goods(labels_of(words), rows["UnitPrice"].to_numpy().astype(np.float32))


def beibei(folder: Path) -> list[Trial]:
    return cart_and_buy(folder, "beibei_cart_buy")


def taobao(folder: Path) -> list[Trial]:
    return cart_and_buy(folder, "taobao_cart_buy")


def cart_and_buy(folder: Path, name: str) -> list[Trial]:
    """The last purchase of 6,000 users is the test; one more of others the validation.

    No time is known: the deeds are shuffled, lest the order of a file tell anything.
    """
    buys, carts, last = (
        pl.read_parquet(folder / name / f"{part}.parquet")
        for part in ("buys", "carts", "last_buy")
    )
    frames = (buys, carts, last)
    users = 1 + max(int(frame["user"].max()) for frame in frames)
    products = 1 + max(int(frame["item"].max()) for frame in frames)
    last = drawn(last.filter(pl.col("user").is_in(buys["user"].unique().to_list())))
    rows = pl.concat(
        [
            carts.select("user", "item", pl.lit(CART).alias("kind")),
            buys.select("user", "item", pl.lit(BUY).alias("kind")),
        ]
    ).sample(fraction=1.0, shuffle=True, seed=0)
    known = deeds(
        rows["user"].to_numpy(),
        rows["item"].to_numpy(),
        rows["kind"].to_numpy(),
        np.zeros(len(rows)),
        users,
        products,
    )
    past, hidden = hide_one(known)
    return [
        Trial(
            name,
            NOTHING_KNOWN,
            past,
            case_each(past, hidden[0], hidden[1]),
            known,
            case_each(known, last["user"].to_numpy(), last["item"].to_numpy()),
        )
    ]


def hide_one(known: Deeds, seed: int = 0) -> tuple[Deeds, tuple[Any, Any]]:
    """A purchase of 6,000 users who have two, taken out of what is known.

    Where all purchases stand among the carts, too, it is unknown which products went
    through a cart: half of the hidden ones lose that line, so that a model learns both.
    """
    chance = np.random.default_rng(seed)
    at = np.flatnonzero(known.kinds == BUY)
    counts = np.bincount(known.users[at], minlength=known.user_count)
    order = chance.permutation(at)
    _, firsts = np.unique(known.users[order], return_index=True)
    candidates = order[firsts]
    candidates = candidates[counts[known.users[candidates]] >= 2]
    chosen = chance.permutation(candidates)[:MOST_CASES]
    users, items = known.users[chosen], known.products[chosen]
    kept = np.ones(len(known), bool)
    kept[chosen] = False
    pairs = known.users * known.product_count + known.products
    carted = known.kinds == CART
    if np.isin(pairs[at], pairs[carted]).mean() > ALL_CARTED:
        gone = chosen[: len(chosen) // 2]
        kept &= ~(carted & np.isin(pairs, pairs[gone]))
    order = np.argsort(users)
    return known.where(kept), (users[order], items[order])


def amazon(folder: Path) -> list[Trial]:
    """The last product of 6,000 users is the test, the one before it the validation."""
    rows = pl.read_parquet(
        folder / "amazon_clothing_sequences" / "interactions.parquet"
    ).sort("user", "position", maintain_order=True)
    final = pl.col("position") == pl.col("position").max().over("user")
    learned, last = rows.filter(~final), rows.filter(final)
    products = np.sort(learned["item"].unique().to_numpy())
    users = np.sort(learned["user"].unique().to_numpy())
    last = drawn(last.filter(pl.col("item").is_in(products.tolist())), always=True)
    known = deeds(
        np.searchsorted(users, learned["user"].to_numpy()),
        np.searchsorted(products, learned["item"].to_numpy()),
        np.full(len(learned), BUY),
        # Only the order is known, and the entries have it.
        np.zeros(len(learned)),
        len(users),
        len(products),
    )
    past, hidden = hide_last(known)
    return [
        Trial(
            "amazon_clothing_sequences",
            NOTHING_KNOWN,
            past,
            case_each(past, *hidden),
            known,
            case_each(
                known,
                np.searchsorted(users, last["user"].to_numpy()),
                np.searchsorted(products, last["item"].to_numpy()),
            ),
        )
    ]


def hide_last(known: Deeds, seed: int = 0) -> tuple[Deeds, tuple[Any, Any]]:
    """The last product of 6,000 users who have two or more."""
    ends = np.flatnonzero(np.diff(known.users, append=-1))
    counts = np.bincount(known.users, minlength=known.user_count)
    ends = ends[counts[known.users[ends]] >= 2]
    elsewhere = np.bincount(known.products, minlength=known.product_count)
    ends = ends[elsewhere[known.products[ends]] >= 2]
    chance = np.random.default_rng(seed)
    chosen = np.sort(chance.permutation(ends)[:MOST_CASES])
    kept = np.ones(len(known), bool)
    kept[chosen] = False
    return known.where(kept), (known.users[chosen], known.products[chosen])


def eshop(folder: Path) -> list[Trial]:
    """Sessions of the last calendar month are the test; as many days before it the
    validation. Each click but the first of a session is a case."""
    rows = pl.read_parquet(folder / "eshop_clothing_clicks" / "clicks.parquet")
    rows = rows.sort("session_id", "click_order", maintain_order=True)
    rows = rows.with_columns(pl.col("date").cast(pl.Date).alias("on"))
    begun = pl.col("on").min().over("session_id")
    rows = rows.with_columns(begun.alias("on"))
    last = rows["on"].max()
    cut = last.replace(day=1)
    middle = cut - (last + DAY - cut)
    learned = rows.filter(pl.col("on") < cut)
    products = sorted(learned["clothing_model"].unique())
    rows = rows.filter(pl.col("clothing_model").is_in(products))
    known, validation, test = (
        rows.filter(span)
        for span in (
            pl.col("on") < cut,
            (pl.col("on") >= middle) & (pl.col("on") < cut),
            pl.col("on") >= cut,
        )
    )
    past = known.filter(pl.col("on") < middle)
    return [
        Trial(
            "eshop_clothing_clicks",
            shelf_goods(learned, products),
            clicks(past, products),
            next_clicks(validation, products),
            clicks(known, products),
            next_clicks(test, products),
        )
    ]


def clicks(rows: pl.DataFrame, products: list[str]) -> Deeds:
    """Sessions are users; a click comes a minute after the one before it."""
    _, sessions = np.unique(rows["session_id"].to_numpy(), return_inverse=True)
    days = (rows["on"] - rows["on"].min()).dt.total_days().to_numpy()
    found = deeds(
        sessions,
        np.searchsorted(products, rows["clothing_model"].to_list()),
        np.full(len(rows), VIEW),
        days + rows["click_order"].to_numpy() / 1440,
        int(sessions.max()) + 1,
        len(products),
    )
    order = np.argsort(found.days, kind="stable")
    return Deeds(
        found.users[order],
        found.products[order],
        found.kinds[order],
        found.days[order],
        found.user_count,
        found.product_count,
    )


def next_clicks(rows: pl.DataFrame, products: list[str]) -> Exam:
    """A case for each click on another product than the one before; its history is told
    as if it ended at the same moment for all (day 0)."""
    items = np.searchsorted(products, rows["clothing_model"].to_list())
    sessions = rows["session_id"].to_numpy()
    begins = np.flatnonzero(np.diff(sessions, prepend=-1))
    begin_of = np.repeat(begins, np.diff(np.append(begins, len(rows))))
    at = np.flatnonzero(
        (np.arange(len(rows)) > begin_of) & (np.diff(items, prepend=-1) != 0)
    )
    lengths = at - begin_of[at]
    users = np.repeat(np.arange(len(at)), lengths)
    back = np.concatenate([np.arange(length, 0, -1) for length in lengths])
    entries = np.repeat(at, lengths) - back
    histories = deeds(
        users,
        items[entries],
        np.full(len(entries), VIEW),
        -(back - 1) / 1440,
        len(at),
        len(products),
    )
    return Exam(histories, ones(np.arange(len(at)), items[at], histories), 0.0)


def shelf_goods(rows: pl.DataFrame, products: list[str]) -> Goods:
    """Category, color, page and place on it; the price."""
    labels = ("main_category", "colour", "page", "location", "photography")
    frame = (
        rows.group_by("clothing_model")
        .agg(
            *(pl.col(label).mode().min() for label in labels), pl.col("price").median()
        )
        .sort("clothing_model")
    )
    words = [
        {f"{label}:{row[label]}" for label in labels}
        for row in frame.iter_rows(named=True)
    ]
    return Goods(labels_of(words), frame["price"].to_numpy().astype(np.float32))


def labels_of(words: list[set[str]]) -> sp.csr_matrix:
    """(products, labels) 0/1."""
    numbers = {word: n for n, word in enumerate(sorted(set().union(*words)))}
    rows = np.repeat(np.arange(len(words)), [len(some) for some in words])
    columns = [numbers[word] for some in words for word in sorted(some)]
    shape = (len(words), len(numbers))
    return sp.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)


def deeds(
    users: Any,
    products: Any,
    kinds: Any,
    days: Any,
    user_count: int,
    product_count: int,
) -> Deeds:
    return Deeds(
        np.asarray(users, np.int64),
        np.asarray(products, np.int64),
        np.asarray(kinds, np.int8),
        np.asarray(days, np.float64),
        user_count,
        product_count,
    )


def case_each(known: Deeds, users: Any, items: Any) -> Exam:
    """One wanted product for each user; nothing that was bought is wanted again."""
    histories = take_users(known, np.asarray(users, np.int64))
    wanted = ones(np.arange(len(users)), items, histories)
    return Exam(histories, wanted, 0.0, repeats=False)


def ones(cases: Any, items: Any, histories: Deeds) -> sp.csr_matrix:
    shape = (histories.user_count, histories.product_count)
    return sp.csr_matrix((np.ones(len(cases), np.float32), (cases, items)), shape=shape)


def drawn(frame: pl.DataFrame, always: bool = False) -> pl.DataFrame:
    """6,000 rows, the same that pandas' sample(6000, random_state=0) draws: those of the
    published baselines."""
    if len(frame) <= MOST_CASES:
        return frame
    chance = np.random.RandomState(0)
    return frame[chance.choice(len(frame), size=MOST_CASES, replace=False).tolist()]


def days_between(origin: datetime, day: date) -> float:
    return (
        datetime.combine(day, datetime.min.time()) - origin
    ).total_seconds() / 86_400


SETS: dict[str, Callable[[Path], list[Trial]]] = {
    "online_retail": online_retail,
    "beibei_cart_buy": beibei,
    "taobao_cart_buy": taobao,
    "amazon_clothing_sequences": amazon,
    "eshop_clothing_clicks": eshop,
}
