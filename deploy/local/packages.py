"""Debian packages: installed where that is allowed, named precisely where it is not.

Nothing that apt installs may start a service: a private one is started by whoever
needs it, on a free port.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.local.terminal import PlainError, say

POLICY = Path("/usr/sbin/policy-rc.d")
APT = ["apt-get", "-o", "DPkg::Lock::Timeout=120", "-qq"]


def can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(names: Sequence[str], *, why: str) -> None:
    if not names:
        return
    command = f"apt-get install --no-install-recommends {' '.join(names)}"
    if not can_install():
        raise PlainError(
            f"Missing {why}: {', '.join(names)}. On Debian or Ubuntu: sudo {command}"
        )
    say(f"Installing {why}: {', '.join(names)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with no_service_starts():
        for step in (["update"], ["install", "-y", "--no-install-recommends", *names]):
            done = subprocess.run(
                [*APT, *step],
                check=False,
                env=quiet,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        if done.returncode:
            raise PlainError(f"`{command}` failed:\n{done.stdout[-3000:]}")


@contextmanager
def no_service_starts() -> Iterator[None]:
    """Debian asks policy-rc.d before it starts a service; 101 forbids it."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)


def find(command: str) -> str | None:
    """The path of a command; servers hide in folders that PATH often lacks."""
    if path := shutil.which(command):
        return path
    hidden = [Path("/usr/sbin"), Path("/usr/lib/rabbitmq/bin")]
    hidden += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((str(d / command) for d in hidden if (d / command).exists()), None)


def need(commands: dict[str, str], *, why: str) -> None:
    """Have every command (or file, by absolute path); values name its package."""
    lacking = [
        package
        for command, package in commands.items()
        if not (Path(command).exists() if command[0] == "/" else find(command))
    ]
    install(list(dict.fromkeys(lacking)), why=why)
