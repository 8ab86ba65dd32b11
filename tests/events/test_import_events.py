from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from django.core.management import CommandError, call_command

from apps.core.ids import uuid7
from apps.events.models import Event, EventBatch
from tests.events.conftest import rows

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


def ms(minute):
    return round((START + timedelta(minutes=minute)).timestamp() * 1000)


def line(minute=0, **fields):
    said = {"type": "search", "id": f"e{minute}", "at": ms(minute), "visitor": "v1",
            "query": f"dress {minute}"}  # fmt: skip
    return {**said, **fields}


def take(path, *options):
    out = io.StringIO()
    call_command("import_events", "maison", str(path), *options, stdout=out)
    return out.getvalue()


def write(path, *said):
    text = "".join(
        f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in said
    )
    path.write_text(text)
    return path


def rejected(path):
    text = path.with_name(f"{path.name}.rejected.jsonl").read_text()
    return [json.loads(each) for each in text.splitlines()]


def test_it_takes_json_lines(store, tmp_path):
    path = write(
        tmp_path / "old.jsonl", line(0, customer=42),
        {"type": "order", "id": str(uuid7()), "at": "2026-01-05T12:00:00+02:00",
         "order": 7, "value": 99.9, "currency": "EUR", "visitor": "v2"},
    )  # fmt: skip
    said = take(path)
    assert said.splitlines()[-1] == (
        "2 of 2 events are there, from 2026-01-05 to 2026-01-05."
    )
    search, order = sorted(rows(store), key=lambda row: row.type, reverse=True)
    assert (search.visitor, search.customer_woo_id, search.at) == ("v1", 42, START)
    assert search.properties == {"query": "dress 0"}
    assert (str(order.value), order.currency, order.at) == ("99.9000", "EUR", START)
    assert not (tmp_path / "old.jsonl.rejected.jsonl").exists()


def test_it_takes_a_packed_file(store, tmp_path):
    path = tmp_path / "old.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(line()).encode()))
    take(path)
    assert [row.properties for row in rows(store)] == [{"query": "dress 0"}]


def test_the_same_file_again_adds_nothing(store, tmp_path):
    path = write(tmp_path / "old.jsonl", *(line(n) for n in range(5)))
    take(path)
    batches = EventBatch.objects.count()
    assert take(path).splitlines()[-1].startswith("5 of 5 events are there")
    assert len(rows(store)) == 5
    assert EventBatch.objects.count() == batches


def test_rows_without_an_id_are_told_apart_by_their_line(store, tmp_path):
    same = {"type": "page_view", "at": ms(0), "visitor": "v1"}
    path = write(tmp_path / "old.jsonl", same, same)
    take(path)
    take(path)
    assert len(rows(store)) == 2


def test_bad_rows_are_told_by_line_and_good_ones_kept(store, tmp_path):
    path = write(
        tmp_path / "old.jsonl", line(0), '{"type": "search"', line(2),
        {"type": "search", "at": ms(3)}, {"type": "page_view"}, "",
        line(6, query="a\u0000b"), line(7, at="1999-01-01T00:00:00Z"), line(8, query="x" * 70_000), line(9),
    )  # fmt: skip
    said = take(path)
    assert "3 of 9 events are there" in said
    assert f"6 rows are bad; {path}.rejected.jsonl says why." in said
    assert [(bad["line"], bad["message"]) for bad in rejected(path)] == [
        (2, "Input data was truncated"),
        (4, "Object missing required field `query`"),
        (5, "A past event needs its `at`."),
        (7, "A text holds a character that is no text."),
        (8, "`at` is not in this century."),
        (9, "The line is too long."),
    ]
    assert rejected(path)[0]["row"] == '{"type": "search"'
    assert {row.properties["query"] for row in rows(store)} == {
        "dress 0", "dress 2", "dress 9",
    }  # fmt: skip


def test_it_takes_csv_with_names_and_values_of_its_own(store, tmp_path):
    path = tmp_path / "old.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(
            [["when", "type", "browser_id", "product", "products", "placement", "price",
              "context.url", "context.utm.source", "items", "value"],
             [str(ms(0)), "", "v1", "12", "", "", "49.90", "https://m.example/p", "google", "", ""],
             ["2026-01-05T10:01:00Z", "recommendation_shown", "v1", "", "3 5", "home", "", "", "", "", ""],
             [str(ms(2)), "cart", "v1", "", "", "", "", "", "", '[{"product": 4}]', "20"],
             [str(ms(3)), "", "v1", "twelve", "", "", "", "", "", "", ""]]
        )  # fmt: skip
    take(
        path, "--column", "at=when", "--column", "visitor=browser_id",
        "--set", "type=product_view",
    )  # fmt: skip
    view, shown, cart = sorted(rows(store), key=lambda row: row.at)
    assert (view.type, view.product_woo_id, str(view.value)) == (
        "product_view", 12, "49.9000",
    )  # fmt: skip
    assert view.context == {"url": "https://m.example/p", "utm": {"source": "google"}}
    assert shown.properties == {"placement": "home", "products": [3, 5]}
    assert cart.properties == {"items": [{"product": 4}]}
    assert {row.visitor for row in rows(store)} == {"v1"}
    assert [bad["line"] for bad in rejected(path)] == [5]


def test_csv_that_is_not_utf8_costs_that_row_alone(store, tmp_path):
    path = tmp_path / "old.csv"
    path.write_bytes(
        b"type,at,query\nsearch,%d,caf\xe9\nsearch,%d,tea\n" % (ms(0), ms(1))
    )
    take(path)
    assert [bad["message"] for bad in rejected(path)] == ["The text is not UTF-8."]
    assert [row.properties for row in rows(store)] == [{"query": "tea"}]


def test_it_takes_parquet(store, tmp_path):
    path = tmp_path / "old.parquet"
    pl.DataFrame(
        {
            "kind": ["product_view", "search", "search"],
            "at": [START, START + timedelta(minutes=1), None],
            "product": [12, None, None],
            "query": [None, "linen", "silk"],
            "context": [{"url": "https://m.example/"}, None, None],
        }
    ).write_parquet(path)
    take(path, "--column", "type=kind")
    view, search = sorted(rows(store), key=lambda row: row.at)
    assert (view.product_woo_id, view.context) == (12, {"url": "https://m.example/"})
    assert search.properties == {"query": "linen"}
    assert [bad["line"] for bad in rejected(path)] == [3]


def test_nothing_happens_in_the_future(store, tmp_path):
    path = write(tmp_path / "old.jsonl", line(0, at="2099-01-01T00:00:00Z"))
    take(path)
    assert rows(store)[0].at <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("old.txt", b"", "must end in .jsonl, .csv or .parquet"),
        ("old.parquet", b"no", "cannot be read"),
        ("old.jsonl.gz", b"\x1f\x8b\x08broken", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(store, tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        take(path)
    assert not Event.objects.of(store).exists()


def test_an_unknown_store_is_refused(store, tmp_path):
    with pytest.raises(CommandError, match="no store named rivale"):
        call_command("import_events", "rivale", str(tmp_path / "old.jsonl"))


def test_other_stores_see_nothing_of_it(store, other_store, tmp_path):
    take(write(tmp_path / "old.jsonl", line(0)))
    assert not Event.objects.of(other_store).exists()
