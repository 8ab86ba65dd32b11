"""How a page looks: on a screen and a phone, by day and night.

Pictures lie in var/screenshots afterwards. What is compared is what a person would feel
(width, contrast, broken parts), since pixels differ from one Chromium to the next.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import SHOTS

CHECKS = (Path(__file__).parent / "checks.js").read_text().rstrip().rstrip(";")
WIDTHS = (1280, 390)
THEMES = ("light", "dark")


def everywhere(test):
    """Give a test each `width` and each `theme`: a screen by day, a phone by night.

    What a theme does to a page it does at either width, and the other way round.
    """
    both = list(zip(WIDTHS, THEMES, strict=True))
    return pytest.mark.parametrize(("width", "theme"), both)(test)


def faults_of(watched, address: str, name: str) -> list[str]:
    """What is wrong with the page at this address; its picture is kept as `name`."""
    watched.open(address)
    shoot(watched, name)
    return problems(watched)


def shoot(watched, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    watched.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def problems(watched) -> list[str]:
    return [*watched.faults, *watched.page.evaluate(CHECKS)]
