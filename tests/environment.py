"""Loaded by pytest before the settings: tests write to a folder of their own.

The developer's `.env` and `var/` are not read and not touched.
"""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="luxebrain-tests-"))
os.environ["ENV_FILE"] = os.devnull
