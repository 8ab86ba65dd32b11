"""`make lock`: compile the .in files into hash-locked .txt files with uv.

A lock file must not depend on the mirrors, wheel folders and settings of the machine that
made it, so uv reads none of them.
"""

from __future__ import annotations

import os
import subprocess
import sys

from deploy.local.install import ROOT

TOOLS = ROOT / ".venv" / "lock-tools"
COMPILE = "pip compile --quiet --no-config --generate-hashes --universal --python-version 3.11"


def uv() -> str:
    """uv in a venv of its own: it is no dependency of the product."""
    path = TOOLS / "bin" / "uv"
    if not path.exists():
        subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=True)
        pip = [str(TOOLS / "bin" / "pip"), "install", "--quiet", "uv"]
        subprocess.run(pip, check=True)
    return str(path)


def main() -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("UV_", "PIP_"))}
    clean["UV_CUSTOM_COMPILE_COMMAND"] = "make lock"
    # Certificates may be the machine's own; they leave no trace in the file.
    clean["UV_SYSTEM_CERTS"] = "1"
    tool = uv()
    for name in ("requirements", "requirements-dev"):
        files = [f"{name}.in", "--output-file", f"{name}.txt", *sys.argv[1:]]
        command = [tool, *COMPILE.split(), *files]
        subprocess.run(command, cwd=ROOT, env=clean, check=True)


if __name__ == "__main__":
    main()
