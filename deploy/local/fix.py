"""`make fix`: repair what a tool can repair."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from deploy.local import node
from deploy.local.install import ROOT
from deploy.local.terminal import PlainError, give_up

BIN = Path(sys.executable).parent


def main() -> int:
    try:
        node.install()
    except PlainError as trouble:
        return give_up(trouble)
    commands = [
        [str(BIN / "ruff"), "check", "--fix", "--quiet", "."],
        [str(BIN / "ruff"), "format", "--quiet", "."],
        [str(BIN / "djlint"), "--reformat", "--quiet", "templates", "apps"],
        ["node_modules/.bin/biome", "check", "--write", "."],
    ]
    # What a tool cannot repair is for `make check` to tell.
    for command in commands:
        subprocess.run(command, cwd=ROOT, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
