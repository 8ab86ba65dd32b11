"""How a file is written: its format, its letters, and what stands between its cells."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import IO

CHUNK = 1024 * 1024
DELIMITERS = ",;\t"


class UnreadableError(ValueError):
    """Nothing of the file can be taken: a sentence for the person whose file it is."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Dialect:
    """`format` is csv, json (one list) or ndjson (an object a line)."""

    format: str
    encoding: str
    delimiter: str = ","


def detect(file: IO[bytes], name: str = "") -> Dialect:
    encoding = detect_encoding(file)
    file.seek(0)
    head = file.read(CHUNK).decode(encoding, "ignore")
    file.seek(0)
    begin = head.lstrip("\ufeff \t\r\n")
    if not begin:
        raise UnreadableError("The file is empty.")
    if begin[0] == "[":
        return Dialect("json", encoding)
    if begin[0] == "{":
        return Dialect("ndjson", encoding)
    if name.lower().endswith((".json", ".ndjson", ".jsonl")):
        raise UnreadableError(
            "This is no JSON: it begins neither with a list nor with an object."
        )
    return Dialect("csv", encoding, detect_delimiter(head))


def detect_encoding(file: IO[bytes]) -> str:
    """By its byte order mark; else UTF-8 if all of it is; else what Windows wrote."""
    file.seek(0)
    head = file.read(4_096)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return checked(file, "utf-16")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableError(
            "This is a spreadsheet. Save it as CSV (UTF-8) and choose that file."
        )
    # Latin letters in UTF-16 are every other byte zero.
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 5:
        return checked(file, "utf-16-be" if even > odd else "utf-16-le")
    return "utf-8" if is_written_in(file, "utf-8") else checked(file, "cp1252")


def checked(file: IO[bytes], encoding: str) -> str:
    if not is_written_in(file, encoding):
        raise UnreadableError(
            "The letters of this file cannot be read. Save it as UTF-8 and try again."
        )
    return encoding


def is_written_in(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def detect_delimiter(head: str) -> str:
    """What stands most often in the header, outside quotation marks."""
    lines = head.lstrip("\ufeff\r\n").splitlines()
    if hint := re.fullmatch(r"sep=(.)", lines[0], re.IGNORECASE):
        return hint.group(1)
    bare = re.sub(r'"[^"]*"', "", lines[0])
    return max(DELIMITERS, key=bare.count)
