"""Reads the shelves of a page as a shopper does."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any


class Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.place = ""
        self.part = ""
        self.titles: dict[str, str] = {}
        self.cards: list[dict[str, Any]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        name = (found.get("class") or "").split(" ")[0]
        if tag == "section" and name == "luxe-shelf":
            self.place = found.get("data-luxe-place", "fixed")
            self.titles[self.place] = ""
        elif tag == "li" and name == "luxe-card" and "data-luxe" in found:
            self.cards.append(
                {
                    "place": self.place,
                    "luxe": json.loads(found["data-luxe"]),
                    "name": "",
                    "price": "",
                }
            )
        elif tag == "a" and name == "luxe-card__link" and self.cards:
            self.cards[-1]["url"] = found.get("href")
        if name.startswith("luxe-"):
            self.part = name

    def handle_endtag(self, tag):
        if tag in ("li", "h2", "section"):
            self.part = ""

    def handle_data(self, data):
        if self.part == "luxe-shelf__title":
            self.titles[self.place] += data
        elif self.part in ("luxe-card__name", "luxe-card__price") and self.cards:
            card = self.cards[-1]
            part = self.part.removeprefix("luxe-card__")
            card[part] = (
                (card[part] + data).lstrip() if data.strip() or card[part] else ""
            )


def cards(page: str) -> list[dict[str, Any]]:
    read = Reader(page).cards
    for card in read:
        card["name"], card["price"] = card["name"].strip(), card["price"].strip()
    return read


def shelves(page: str) -> dict[str, list[str]]:
    """The names on each shelf."""
    found: dict[str, list[str]] = {}
    for card in cards(page):
        found.setdefault(card["place"], []).append(card["name"])
    return found


def titles(page: str) -> dict[str, str]:
    return Reader(page).titles
