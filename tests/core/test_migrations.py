"""On SQLite tests make their tables from the models (tests/conftest.py); who updates
gets them from migrations."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.core.shape import shape
from tests.house.sources import ROOT
from tests.migrated import NAME, migrated

pytestmark = pytest.mark.django_db


def test_migrations_make_the_tables_that_the_models_ask_for(tmp_path):
    grown = migrated(tmp_path / NAME)
    done = subprocess.run(
        [sys.executable, "-m", "tests.core.shape"],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{grown}",
            "DJANGO_SETTINGS_MODULE": "luxebrain.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    after, asked = json.loads(done.stdout), json.loads(json.dumps(shape()))
    assert set(after) == set(asked)
    for table in asked:
        assert after[table] == asked[table], table
