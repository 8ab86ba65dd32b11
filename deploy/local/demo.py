"""`make demo`: set up, then build the demo shop anew in this machine's var folder."""

from __future__ import annotations

import os
import subprocess
import sys

from deploy.local.environment import ROOT, collect


def main() -> int:
    os.chdir(ROOT)
    environment = collect(port=int(os.environ.get("PORT") or 8000))
    steps = [
        [sys.executable, "-m", "deploy.local.prepare"],
        [sys.executable, "manage.py", "demo"],
    ]
    for step in steps:
        if subprocess.run(step, env=environment, check=False).returncode:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
