"""Each import contract fails when it is broken on purpose.

One copy of the house is made; each case plants one bad import in it and runs only
the contract that must notice.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT

BREAKS = {
    "floors": ("apps/accounts/services/planted.py", "from apps.shop import models"),
    "rooms": ("apps/shop/models/planted.py", "from apps.shop.services import upsert"),
    "doors": ("apps/decisions/services/planted.py", "from apps.accounts import api"),
    "pure-models": ("ml_models/planted.py", "import django"),
    "light-web": ("apps/shop/models/planted.py", "import ml_models"),
    "no-celery-inside": ("apps/shop/services/planted.py", "import celery"),
    "wiring": ("apps/shop/services/planted.py", "from luxebrain import settings"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for name in ("luxebrain", "apps", "ml_models"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path, contract: str) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [command, "--contract", contract, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("contract", BREAKS)
def test_a_contract_notices_its_break(copy, contract):
    assert lint(copy, contract).returncode == 0, "broken before anything was planted"
    path, line = BREAKS[contract]
    planted = copy / path
    planted.write_text(line + "\n")
    try:
        answer = lint(copy, contract)
    finally:
        planted.unlink()
    assert answer.returncode == 1
    assert "BROKEN" in answer.stdout
