"""`make check`: every linter, one line each; the full output only where one fails."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import node, packages
from deploy.local.install import ROOT
from deploy.local.terminal import PlainError, give_up, paint, say

BIN = Path(sys.executable).parent
PLUGIN = "wp-plugin/luxebrain"
# What `check --deploy` must accept: nothing here opens a real door.
PRODUCTION = {
    "LUXEBRAIN_DEPLOYMENT": "production",
    "SECRET_KEY": "checked-by-machines-only-0123456789-abcdefghijklmnop",
    "FIELD_KEYS": "Y2hlY2tlZC1ieS1tYWNoaW5lcy1vbmx5LTAxMjM0NTY=",
    "DEBUG": "0",
    "ALLOWED_HOSTS": "luxebrain.example",
    "PUBLIC_URL": "https://luxebrain.example",
    "TRUSTED_PROXIES": "1",
}


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str]
    # On top of a bare environment: no check may depend on the caller's settings.
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    check: Check
    code: int
    output: str
    seconds: float


def tool(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def tracked(*patterns: str) -> list[str]:
    """Files that git knows or would add, so that no build output is checked."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(
        [*listing, "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [name for name in found if (ROOT / name).exists()]


def python_checks() -> Iterator[Check]:
    # The slowest first, so that the others fill the second core meanwhile.
    yield Check("mypy", tool("mypy"))
    yield Check("house rules", tool("pytest", "tests/house", "-q", "-n0"))
    yield Check(
        "django", manage("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION
    )
    yield Check("migrations", manage("makemigrations", "--check", "--dry-run"))
    yield Check("ruff format", tool("ruff", "format", "--check", "."))
    yield Check("ruff", tool("ruff", "check", "."))
    yield Check("imports", tool("lint-imports"))


def text_checks() -> Iterator[Check]:
    if pages := tracked("*.html"):
        yield Check("djlint", tool("djlint", "--lint", "--quiet", *pages))
        yield Check("djlint format", tool("djlint", "--check", *pages))
    yield Check("codespell", tool("codespell", *tracked()))
    yield Check("biome", ["node_modules/.bin/biome", "ci", "--colors=off", "."])


def shell_checks() -> Iterator[Check]:
    scripts = [*tracked("*.sh", ".ci/run")]
    yield Check("shellcheck", ["shellcheck", *scripts])
    if docker := tracked("Dockerfile", "deploy/**/Dockerfile"):
        yield Check("hadolint", tool("hadolint", *docker))
    yield Check("nginx", ["sh", "deploy/nginx/check.sh"])


def php_checks() -> Iterator[Check]:
    if files := tracked(f"{PLUGIN}/*.php", "tests/wordpress/*.php"):
        each = 'for file; do php -l "$file" || exit 1; done'
        yield Check("php -l", ["sh", "-c", each, "php-l", *files])
        rules = f"--standard={PLUGIN}/phpcs.xml.dist"
        yield Check("phpcs", ["phpcs", "-q", rules, *files])


def all_checks() -> list[Check]:
    return [*python_checks(), *text_checks(), *shell_checks(), *php_checks()]


def need_tools() -> None:
    commands = {"shellcheck": "shellcheck", "nginx": "nginx-light"}
    if tracked(f"{PLUGIN}/*.php"):
        commands |= {"php": "php-cli", "phpcs": "php-codesniffer"}
    packages.need(commands, why="to check this house")
    node.install()


def run(check: Check, folder: str) -> Result:
    kept = {"PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE"}
    bare = {key: value for key, value in os.environ.items() if key in kept}
    bare["PATH"] += ":/usr/sbin:/sbin"
    start = time.monotonic()
    done = subprocess.run(
        check.command,
        check=False,
        cwd=ROOT,
        env={**bare, "VAR_DIR": folder, **check.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return Result(check, done.returncode, done.stdout, time.monotonic() - start)


def tell(result: Result) -> None:
    verdict = paint("failed", "red") if result.code else paint("ok", "green")
    say(f"{verdict:<6}  {result.check.name:<14} {result.seconds:5.1f} s")
    if result.code:
        say(result.output)


def main(only: Sequence[str]) -> int:
    try:
        need_tools()
    except PlainError as trouble:
        return give_up(trouble)
    chosen = [c for c in all_checks() if not only or c.name in only]
    if not chosen:
        return give_up(PlainError(f"No check is named {' or '.join(only)}."))
    start, failed = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        for waiting in as_completed([pool.submit(run, c, folder) for c in chosen]):
            tell(result := waiting.result())
            failed += bool(result.code)
    say(f"{len(chosen)} checks, {failed} failed, {time.monotonic() - start:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
