from __future__ import annotations

import os
from datetime import date

from apps.demo.services.pictures import PREFIX, Painters
from apps.demo.simulator.catalogue import design
from apps.demo.simulator.draw import draw_share
from apps.demo.simulator.plan import Plan

PLAN = Plan(seed=7, until=date(2026, 6, 1), products=6, customers=10, months=3)


def test_painters_have_a_folder_of_their_own(tmp_path):
    """A killed build's may still paint into theirs."""
    left = tmp_path / f"{PREFIX}left"
    left.mkdir()
    (left / "another-seed.webp").touch()
    painters = Painters(PLAN, tmp_path, 0)
    assert painters.folder != left
    assert not left.exists()
    assert painters.names() == []
    painters.stop()
    assert list(tmp_path.iterdir()) == []


def test_whoever_asked_is_gone_and_nothing_is_painted(tmp_path):
    catalogue = design(PLAN)
    draw_share(PLAN, catalogue, 0, 6, tmp_path, parent=os.getppid() + 1)
    assert list(tmp_path.iterdir()) == []
    draw_share(PLAN, catalogue, 0, 6, tmp_path, parent=os.getppid())
    assert list(tmp_path.glob("*.webp"))
