"""Rows of many pages that are written by whoever comes first."""

from __future__ import annotations

import threading
import time

import pytest

from apps.decisions.services import together as together_module
from apps.decisions.services.together import MOST_ROWS, Together


class Table:
    """Takes its time, and refuses a batch with a bad row whole."""

    def __init__(self):
        self.batches = []
        self.is_open = threading.Event()
        self.has_begun = threading.Event()

    def write(self, rows):
        self.has_begun.set()
        assert self.is_open.wait(10)
        if "bad" in rows:
            raise ValueError("A bad row.")
        self.batches.append(list(rows))


def begin(together, rows, ended):
    def keep():
        try:
            together.keep(rows)
        except ValueError:
            ended.append((rows, False))
        else:
            ended.append((rows, True))

    thread = threading.Thread(target=keep)
    thread.start()
    return thread


def run(table, first, *others):
    """The first one writes while the others come; how each of them ended."""
    together, ended = Together(table.write), []
    threads = [begin(together, first, ended)]
    assert table.has_begun.wait(10)
    for number, rows in enumerate(others, 1):
        threads.append(begin(together, rows, ended))
        while len(together.waiting) < number:
            time.sleep(0.001)
    table.is_open.set()
    for thread in threads:
        thread.join(10)
    assert together.waiting == []
    assert not together.is_writing
    return ended


@pytest.fixture
def table():
    return Table()


def test_it_writes_at_once_where_nobody_else_does(table):
    table.is_open.set()

    Together(table.write).keep(["a"])

    assert table.batches == [["a"]]


def test_whoever_comes_meanwhile_is_written_in_one_go(table):
    ended = run(table, ["a"], ["b", "c"], ["d"])

    assert table.batches == [["a"], ["b", "c", "d"]]
    assert [is_kept for _, is_kept in ended] == [True, True, True]


def test_no_statement_grows_beyond_its_most(table):
    many = list(range(MOST_ROWS))

    run(table, ["a"], many, ["b"])

    assert table.batches == [["a"], many, ["b"]]


def test_a_bad_row_takes_no_other_with_it(table):
    ended = run(table, ["a"], ["b"], ["bad"], ["c"])

    assert sorted(row for batch in table.batches for row in batch) == ["a", "b", "c"]
    assert (["bad"], False) in ended
    assert len(ended) == 4


def test_after_a_refusal_it_writes_on(table):
    table.is_open.set()
    together = Together(table.write)

    with pytest.raises(ValueError, match="bad row"):
        together.keep(["bad"])
    together.keep(["a"])

    assert table.batches == [["a"]]


def test_who_waits_behind_one_that_hangs_writes_alone(table, monkeypatch):
    monkeypatch.setattr(together_module, "PATIENCE_SECONDS", 0.05)
    written = []

    def write(rows):
        if rows == ["hangs"]:
            table.write(rows)
        else:
            written.extend(rows)

    together, ended = Together(write), []
    hanging = begin(together, ["hangs"], ended)
    assert table.has_begun.wait(10)

    together.keep(["a"])
    together.keep(["b"])

    assert written == ["a", "b"]
    table.is_open.set()
    hanging.join(10)
    assert together.waiting == []


def test_everybody_is_written_once_in_a_crowd():
    written = []

    def write(rows):
        time.sleep(0.001)
        written.extend(rows)

    together, ended = Together(write), []
    threads = [begin(together, [n], ended) for n in range(300)]
    for thread in threads:
        thread.join(10)

    assert sorted(written) == list(range(300))
    assert len(ended) == 300
