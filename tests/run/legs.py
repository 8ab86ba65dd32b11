"""What `make test` runs, one leg after another, and what each one counted."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from deploy.local.children import end
from deploy.local.install import ROOT

PYTEST = [sys.executable, "-mpytest", "-q"]
# Whoever is done first takes work from the other: a few tests walk for minutes.
TWO = ["-n2", "--dist=worksteal"]
KEPT = {"PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "CI"}
PLUGIN = ROOT / "wp-plugin/luxebrain"


@dataclass(frozen=True)
class Leg:
    name: str
    command: Sequence[str]
    folder: Path = ROOT
    # On top of a bare environment: the caller's DATABASE_URL reaches no test.
    environment: dict[str, str] = field(default_factory=dict)
    # Services of tests.run.services that must run.
    services: Sequence[str] = ()
    report: str = "junit"
    # Uses one core, so that another such leg may run beside it.
    is_narrow: bool = False


@dataclass(frozen=True)
class Result:
    name: str
    code: int
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def is_good(self) -> bool:
        """A skipped test is a promise not kept; no test at all is one too."""
        return not (self.code or self.failed or self.skipped) and self.passed > 0


def all_legs(urls: dict[str, str]) -> list[Leg]:
    """`urls` of the running services, by name; empty strings while none runs."""
    plain = "not browser and not wordpress"
    production = {
        "DATABASE_URL": urls.get("postgresql", ""),
        "CACHE_URL": urls.get("redis", ""),
        "TEST_REDIS_URL": urls.get("redis", ""),
        "TEST_RABBITMQ_URL": urls.get("rabbitmq", ""),
    }
    scripts = sorted(str(path) for path in (ROOT / "tests/js").glob("*.test.*js"))
    # These ask no database of the suite's, so one leg is enough.
    without = (
        "house", "ml_models", "deploy", "demo/test_same_again.py", "demo/fake_shop", "sdk",
        "core/test_migrations.py", "registry/kills", "events/engines/test_clickhouse.py",
        # Whose rows a view asks for is the same question to either database, and so is
        # which calls are invented; flows/test_hostile.py asks this one, too.
        "flows/test_no_leak.py", "flows/test_schema.py",
        # A whole shop for the figures alone; tests/experiments asks this database, too.
        "demo/test_experiments.py",
        # Models that are trained: their rows are read and written by other tests, too.
        "recommendations/test_brains.py", "recommendations/test_train.py",
        "recommendations/test_what_if.py", "registry/test_tracking.py", "demo/test_trainings.py",
    )  # fmt: skip
    once = (
        "sync/files/test_import_file.py::test_it_takes_ten_thousand_rows_in_slices",
        "segmentation/learning/test_groups.py::test_with_enough_buyers_it_learns_and_still_knows_everybody",
        "sync/test_traps.py::test_trap_3_ten_thousand_products_of_one_moment_come_exactly_once",
        "flows/test_jobs.py::test_every_queue_answers_on_the_folder_broker",
    )
    elsewhere = [f"--ignore=tests/{name}" for name in without]
    elsewhere += [f"--deselect=tests/{name}" for name in once]
    return [
        Leg(
            "sqlite",
            [
                *PYTEST,
                *TWO,
                "-m",
                f"{plain} and not postgres and not redis",
                "--chaos",
                "60",
            ],
        ),
        Leg(
            "postgres",
            # A flush of PostgreSQL costs more than a whole seed on SQLite.
            [*PYTEST, *TWO, "-m", plain, *elsewhere, "--chaos", "15"],
            environment=production,
            services=("postgresql", "redis", "rabbitmq"),
        ),
        Leg("php", ["phpunit"], folder=PLUGIN),
        Leg("js", ["node", "--test", *scripts], report="tap"),
        Leg(
            "browser",
            [*PYTEST, "-n0", "-m", "browser"],
            environment={"DJANGO_ALLOW_ASYNC_UNSAFE": "true"},
            is_narrow=True,
        ),
        Leg("wordpress", [*PYTEST, "-n0", "-m", "wordpress"], is_narrow=True),
    ]


def in_turns(legs: Sequence[Leg]) -> Iterator[list[Leg]]:
    """One after another; those that use one core each, side by side."""
    alone = [[leg] for leg in legs if not leg.is_narrow]
    yield from alone
    if narrow := [leg for leg in legs if leg.is_narrow]:
        yield narrow


def run(legs: Sequence[Leg], folder: Path) -> list[Result]:
    """Run legs at the same time, each in a session of its own; an interrupt ends all of
    them. What one says is told whole when it is done, if it is not alone."""
    started = time.monotonic()
    processes: dict[str, subprocess.Popen[bytes]] = {}
    seconds: dict[str, float] = {}
    try:
        for leg in legs:
            processes[leg.name] = begin(leg, folder, is_alone=len(legs) == 1)
        while len(seconds) < len(legs):
            for name, process in processes.items():
                if name not in seconds and process.poll() is not None:
                    seconds[name] = time.monotonic() - started
                    tell(folder / f"{name}.out")
            time.sleep(0.2)
    except BaseException:
        for process in processes.values():
            end(process, signal.SIGINT, patience=20)
        raise
    return [
        Result(
            leg.name,
            processes[leg.name].returncode,
            seconds[leg.name],
            *counts(leg, folder),
        )
        for leg in legs
    ]


def begin(leg: Leg, folder: Path, *, is_alone: bool) -> subprocess.Popen[bytes]:
    environment = {
        **{key: value for key, value in os.environ.items() if key in KEPT},
        "VAR_DIR": str(folder / f"var-{leg.name}"),
        **leg.environment,
    }
    # Options stand before the files that a runner is given.
    program, arguments = leg.command[:2], leg.command[2:]
    options = report_options(leg, folder / f"{leg.name}.report")
    with ExitStack() as stack:
        out = None
        if not is_alone:
            out = stack.enter_context((folder / f"{leg.name}.out").open("wb"))
        return subprocess.Popen(
            [*program, *options, *arguments],
            cwd=leg.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT if out else None,
            start_new_session=True,
        )


def tell(out: Path) -> None:
    if out.exists():
        sys.stdout.write(out.read_text(errors="replace"))
        sys.stdout.flush()


def counts(leg: Leg, folder: Path) -> tuple[int, int, int]:
    report = folder / f"{leg.name}.report"
    return count_tap(report) if leg.report == "tap" else count_junit(report)


def report_options(leg: Leg, report: Path) -> list[str]:
    if leg.report == "tap":
        return ["--test-reporter=tap", f"--test-reporter-destination={report}"]
    if leg.command[0] == "phpunit":
        return ["--log-junit", str(report)]
    return [f"--junitxml={report}"]


def count_junit(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped; (0, 0, 0) where the runner wrote nothing."""
    if not report.exists():
        return 0, 0, 0
    total = failed = skipped = 0
    for case in ElementTree.parse(report).iter("testcase"):
        total += 1
        kinds = {child.tag for child in case}
        failed += bool(kinds & {"failure", "error", "warning"})
        skipped += "skipped" in kinds
    return total - failed - skipped, failed, skipped


def count_tap(report: Path) -> tuple[int, int, int]:
    text = report.read_text() if report.exists() else ""
    found = dict(re.findall(r"^# (pass|fail|skipped) (\d+)$", text, re.MULTILINE))
    return (
        int(found.get("pass", 0)),
        int(found.get("fail", 0)),
        int(found.get("skipped", 0)),
    )
