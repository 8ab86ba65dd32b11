"""What the tests of the tracker share: a visitor's page, and the rows that came of it."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.browser.conftest import Site

TRACK = "/api/v1/events/track"
STORED = "Object.keys(localStorage).filter(name => name.startsWith('luxe'))"
WAITING = "Object.keys(localStorage).filter(name => name.startsWith('luxe:')).length"


class Visit:
    """A browser of its own with nothing stored, and the requests its tracker makes."""

    def __init__(self, browser: Browser, site: Site, **options: Any) -> None:
        self.site = site
        self.context: BrowserContext = browser.new_context(**options)
        self.sent: list[str] = []
        self.faults: list[str] = []
        self.context.on("request", self.note)
        self.page = self.tab()

    def tab(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        return page

    def note(self, request: Any) -> None:
        if TRACK in request.url:
            self.sent.append(request.post_data or "")

    def open(self, path: str = "/demo/") -> Page:
        self.page.goto(self.site.url + path)
        return self.page

    def agree(self) -> str:
        """Say yes in the shop's banner; returns the visitor's id."""
        self.page.get_by_role("button", name="Yes, that is fine").click()
        return self.visitor()

    def visitor(self) -> str:
        return str(self.page.evaluate("JSON.parse(localStorage.luxe).visitor"))

    def stored(self) -> list[str]:
        return list(self.page.evaluate(STORED))

    def settle(self, page: Page | None = None) -> None:
        """Until everything was answered. The pages' policy allows no polling inside."""
        for _ in range(300):
            if not (page or self.page).evaluate(WAITING):
                return
            (page or self.page).wait_for_timeout(200)
        raise AssertionError("Events still wait for an answer.")

    def until(self, expression: str, seconds: float = 60) -> None:
        """Until it is true of the page, also when another one comes in between.

        Asked from here: what Playwright's wait_for_function asks again inside the page,
        the pages' policy refuses as an eval. It helps only where it is true at once.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(Error):
                if self.page.evaluate(f"Boolean({expression})"):
                    return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"Not within {seconds} s: {expression}")

    def close(self) -> None:
        self.context.close()
        assert self.faults == []


def rows(site: Site, visitor: str) -> list[dict[str, Any]]:
    """The stored events of a visitor, oldest first."""
    file = next(Path(site.env["VAR_DIR"]).glob("*.sqlite3"))
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        found = database.execute(
            "SELECT * FROM events_event WHERE visitor = ? ORDER BY at, id", [visitor]
        ).fetchall()
    return [
        {**row, "properties": json.loads(row["properties"])} for row in map(dict, found)
    ]


def types(site: Site, visitor: str) -> list[str]:
    return [row["type"] for row in rows(site, visitor)]
