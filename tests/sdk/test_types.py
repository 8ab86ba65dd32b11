from __future__ import annotations

import os
import subprocess
import sys

from tests.house.sources import ROOT
from tests.sdk.conftest import PYTHON


def test_the_types_hold_and_refuse_what_the_protocol_refuses(tmp_path):
    """Away from the house, whose own settings have the package's name."""
    sample = tmp_path / "typed.py"
    sample.write_text((ROOT / "tests/sdk/typed.py").read_text())
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=cache",
         str(sample), str(PYTHON / "luxebrain")],
        cwd=tmp_path, env={**os.environ, "MYPYPATH": str(PYTHON)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "Success: no issues found in 11 source files\n", done.stdout
