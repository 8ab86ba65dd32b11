"""Files as they come: letters, marks, quotation marks, and what is broken."""

from __future__ import annotations

import io
import json

import pytest

from apps.sync.files import dialect, records
from apps.sync.files.dialect import UnreadableError


def read(content, name="a.csv"):
    raw = content if isinstance(content, bytes) else content.encode()
    file = io.BytesIO(raw)
    return list(records.read(file, dialect.detect(file, name)))


def cells(content, name="a.csv"):
    found = read(content, name)
    assert [record.problem for record in found if record.problem] == []
    return [list(record.cells.values()) for record in found]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_it_finds_out_letters_and_delimiters(encoding, delimiter):
    text = delimiter.join(("id", "name")) + "\r\n" + delimiter.join(("7", "Größe لينا"))
    assert cells(text.encode(encoding)) == [["7", "Größe لينا"]]


def test_it_reads_what_windows_wrote():
    assert cells("id;name\n7;Größe €".encode("cp1252")) == [["7", "Größe €"]]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
        (b"id,name\n7,\x81\x8d", "letters of this file"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"id,Name,NAME\n1,2,3", "there twice"),
        (b'"id,name\n7,x', "never closed"),
    ],
)
def test_it_says_what_is_wrong_with_a_whole_file(content, why):
    with pytest.raises(UnreadableError, match=why):
        read(content)


def test_it_names_columns_as_the_schema_does():
    (record,) = read(" ID ,Line Total\n7,5\n")
    assert record.cells == {"id": "7", "line_total": "5"}


def test_it_counts_lines_as_an_editor_does():
    text = 'id,name\n7,"two\nlines"\n\n\n8,"a ""b"" c"\n9,6" pipe\n10,last'
    assert [(r.line, r.cells["name"]) for r in read(text)] == [
        (2, "two\nlines"), (6, 'a "b" c'), (7, '6" pipe'), (8, "last"),
    ]  # fmt: skip


def test_it_passes_over_one_broken_row():
    text = "id,name\n7,a,b\n8\n9,good\n"
    found = [(r.line, bool(r.problem)) for r in read(text)]
    assert found == [(2, True), (3, True), (4, False)]


@pytest.mark.parametrize("quote", ["", '"'])
def test_it_passes_over_a_cell_of_ten_megabytes(quote):
    huge = quote + "x" * 10_000_000 + quote
    found = read(f"id,name\n7,{huge}\n8,good\n")
    assert [(r.line, r.problem) for r in found] == [(2, records.TOO_LONG), (3, "")]
    (long, good) = read(f"id,name\n7,{quote}{'x' * 200_000}{quote}\n8,good\n")
    assert (long.problem, good.cells["name"]) == (
        "A cell is longer than 131,072 characters.", "good",
    )  # fmt: skip


@pytest.mark.parametrize("size", [65_530, 65_534, 65_535, 65_536, 65_537])
def test_it_reads_quotation_marks_across_its_own_pieces(size):
    name = "x" * size + '""' + "y"
    assert cells(f'id,name\n7,"{name}"\r\n8,good\r\n') == [
        ["7", "x" * size + '"y'], ["8", "good"],
    ]  # fmt: skip


def test_it_hears_excels_hint():
    assert cells("sep=;\nid;name,x\n7;a,b\n") == [["7", "a,b"]]


def test_it_reads_a_list_and_an_object_a_line_alike():
    rows = [{"id": n, "name": f"لينا {n}", "extra": {"a": [1]}} for n in range(3_000)]
    lines = "\n".join(json.dumps(row) for row in rows)
    pretty = json.dumps(rows, indent=2, ensure_ascii=False)
    for text in (lines, json.dumps(rows), pretty):
        assert [record.cells for record in read(text, "a.json")] == rows
    assert read("[]", "a.json") == []


def test_it_passes_over_a_broken_line_of_json():
    text = '{"id": 1}\n{"id": 2\n[3]\n{"id": NaN}\n' + "[" * 9_000 + '\n{"id": 6}'
    found = read(text, "a.ndjson")
    assert [(r.line, bool(r.problem)) for r in found] == [
        (1, False), (2, True), (3, True), (4, True), (5, True), (6, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content", ['[{"id": 1}, {"id": ', '[{"id": 1} {"id": 2}]', '[{"id": 1}', "[1 2]"]
)
def test_it_says_where_a_list_breaks_off(content):
    with pytest.raises(UnreadableError, match=r"[Ee]ntry 1|Entry 2"):
        read(content, "a.json")


def test_it_passes_over_a_huge_entry_of_a_list():
    text = json.dumps([{"id": 1, "name": "x" * 10_000_000}, {"id": 2}])
    found = read(text, "a.json")
    assert [(r.line, bool(r.problem)) for r in found] == [(1, True), (2, False)]


def test_it_says_that_a_file_is_no_json():
    with pytest.raises(UnreadableError, match="no JSON"):
        read("id,name\n", "a.json")
