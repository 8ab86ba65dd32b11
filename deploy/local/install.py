"""Make .venv and fill it from the hash-locked requirement files.

    python3 -m deploy.local.install runtime|dev

A stamp in .venv keeps the digest of what was installed, so that a second time touches
neither the network nor the disk.
"""

from __future__ import annotations

import ctypes.util
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.local import packages
from deploy.local.terminal import PlainError, give_up, say

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FILES = {
    "runtime": ["requirements.txt"],
    "dev": ["requirements.txt", "requirements-dev.txt"],
}


def digest(kind: str) -> str:
    known = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for name in FILES[kind]:
        known.update((ROOT / name).read_bytes())
    return known.hexdigest()


def stamp(kind: str) -> Path:
    return VENV / f".installed-{kind}"


def is_installed(kind: str) -> bool:
    """The dev files hold the runtime ones, so their stamp counts for both."""
    kinds = {kind, "dev"}
    return PYTHON.exists() and any(
        stamp(k).exists() and stamp(k).read_text() == digest(k) for k in kinds
    )


def make_venv(uv: str | None) -> None:
    if PYTHON.exists():
        return
    if uv:
        say("Making .venv with uv")
        command = [uv, "venv", "--quiet", "--python", sys.executable, str(VENV)]
        subprocess.run(command, check=True)
        return
    need_venv_module()
    say(f"Making .venv with {sys.executable}")
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def need_venv_module() -> None:
    """Debian splits venv from Python; only ensurepip tells whether it is there."""
    probe = [sys.executable, "-c", "import ensurepip, venv"]
    if subprocess.run(probe, check=False, capture_output=True).returncode:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        packages.install([f"python{version}-venv"], why="to make .venv")


def fill_venv(kind: str, uv: str | None) -> None:
    say(f"Installing {' and '.join(FILES[kind])}")
    files = [part for name in FILES[kind] for part in ("-r", str(ROOT / name))]
    if uv:
        tool = [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    else:
        tool = [str(PYTHON), "-m", "pip", "install", "--quiet"]
        tool += ["--disable-pip-version-check", "--no-input"]
    command = [*tool, "--require-hashes", *files]
    if subprocess.run(command, check=False).returncode:
        raise PlainError(
            "The requirements could not be installed; see the lines above."
        )


def need_openmp() -> None:
    """LightGBM brings none of its own."""
    if ctypes.util.find_library("gomp") is None:
        packages.install(["libgomp1"], why="to train models")


def install(kind: str) -> None:
    if is_installed(kind):
        return
    need_openmp()
    uv = shutil.which("uv")
    make_venv(uv)
    fill_venv(kind, uv)
    stamp(kind).write_text(digest(kind))


def main(arguments: list[str]) -> int:
    kind = arguments[0] if arguments else "dev"
    if kind not in FILES:
        return give_up(PlainError(f"Say one of: {', '.join(FILES)}."))
    try:
        install(kind)
    except PlainError as trouble:
        return give_up(trouble)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
