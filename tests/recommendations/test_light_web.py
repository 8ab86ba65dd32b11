from __future__ import annotations

import subprocess
import sys

LEARNING = (
    "tensorflow",
    "keras",
    "ml_models",
    "scipy",
    "sklearn",
    "lightgbm",
    "implicit",
)
CODE = f"""
import sys
import luxebrain.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
print([name for name in {LEARNING} if name in sys.modules])
"""


def test_the_web_loads_nothing_that_learns():
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip().splitlines()[-1:] == ["[]"], done.stderr[-2000:]
