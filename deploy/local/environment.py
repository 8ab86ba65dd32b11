"""The environment that every process of `make run` shares.

The real environment wins over .env, .env over the secrets that are made once, those
over the defaults of one machine.
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def read(path: Path) -> dict[str, str]:
    """KEY=VALUE lines; quotes around a value are dropped, empty values ignored."""
    if not path.exists():
        return {}
    lines = (line.strip() for line in path.read_text().splitlines())
    pairs = (
        line.removeprefix("export ").split("=", 1)
        for line in lines
        if "=" in line and not line.startswith("#")
    )
    values = {key.strip(): unquote(value.strip()) for key, value in pairs}
    return {key: value for key, value in values.items() if value}


def unquote(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value


def make_secrets(folder: Path) -> dict[str, str]:
    """The keys of this machine: made once, kept where only its owner reads them."""
    path = folder / "secrets.env"
    if not path.exists():
        field_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        text = f"SECRET_KEY={secrets.token_urlsafe(50)}\nFIELD_KEYS={field_key}\n"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(text)
    return read(path)


def collect(port: int) -> dict[str, str]:
    file = Path(os.environ.get("ENV_FILE") or ROOT / ".env")
    given = {**read(file), **{k: v for k, v in os.environ.items() if v}}
    folder = Path(given.get("VAR_DIR", ROOT / "var")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    defaults = {
        "PUBLIC_URL": f"http://localhost:{port}",
        "LOG_FORMAT": "plain",
        "PYTHONUNBUFFERED": "1",
    }
    return {**defaults, **make_secrets(folder), **given, "VAR_DIR": str(folder)}
