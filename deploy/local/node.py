"""node_modules from package-lock.json; a stamp makes the second time instant."""

from __future__ import annotations

import hashlib
import subprocess

from deploy.local import packages
from deploy.local.install import ROOT
from deploy.local.terminal import PlainError, say

STAMP = ROOT / "node_modules" / ".installed"


def install() -> None:
    digest = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == digest:
        return
    packages.need({"node": "nodejs", "npm": "npm"}, why="to check scripts and styles")
    say("Installing package-lock.json")
    command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel", "error"]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise PlainError("`npm ci` failed; see the lines above.")
    STAMP.write_text(digest)
