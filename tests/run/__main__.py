"""1. Install what is missing. 2. Start private services. 3. Run the legs. 4. Count."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from deploy.local import node, packages
from deploy.local.terminal import PlainError, give_up, paint, say
from tests.run.legs import Leg, Result, all_legs, in_turns, run
from tests.run.services import PostgreSQL, RabbitMQ, Redis, Service

SERVICES: dict[str, type[Service]] = {
    service.name: service for service in (PostgreSQL, Redis, RabbitMQ)
}
# Command or file -> Debian package, by leg.
NEEDED = {
    "postgres": {
        "initdb": "postgresql",
        "redis-server": "redis-server",
        "/usr/lib/rabbitmq/bin/rabbitmq-server": "rabbitmq-server",
    },
    "php": {
        "php": "php-cli",
        "phpunit": "phpunit",
        "/usr/share/php8.2-xml": "php-xml",
        "/usr/share/php8.2-mbstring": "php-mbstring",
    },
    "js": {"node": "nodejs"},
    "browser": {
        "chromium": "chromium",
        "/usr/share/fonts/truetype/dejavu": "fonts-dejavu",
        "/usr/share/fonts/truetype/noto": "fonts-noto-core",
    },
    "wordpress": {
        # Debian's WordPress wants some web server; without this one apt takes Apache.
        "nginx": "nginx-light",
        "/usr/share/wordpress/wp-load.php": "wordpress",
        "/usr/share/wordpress/wp-content/themes/twentytwentythree": (
            "wordpress-theme-twentytwentythree"
        ),
        "mariadbd": "mariadb-server-core",
        "mariadb": "mariadb-client",
        "php": "php-cli",
        "/usr/share/php8.2-mysql": "php-mysql",
        "/usr/share/php8.2-xml": "php-xml",
        "/usr/share/php8.2-mbstring": "php-mbstring",
        "/usr/share/php8.2-curl": "php-curl",
        "msgfmt": "gettext",
        "chromium": "chromium",
        "/usr/share/fonts/truetype/noto": "fonts-noto-core",
    },
}


def choose(names: Sequence[str], urls: dict[str, str]) -> list[Leg]:
    legs = all_legs(urls)
    unknown = set(names) - {leg.name for leg in legs}
    if unknown:
        known = ", ".join(leg.name for leg in legs)
        raise PlainError(f"No leg is named {', '.join(unknown)}; there are {known}.")
    return [leg for leg in legs if not names or leg.name in names]


def need(legs: Sequence[Leg]) -> None:
    wanted: dict[str, str] = {}
    for leg in legs:
        wanted |= NEEDED.get(leg.name, {})
    packages.need(wanted, why="to run the tests")
    # The compose file is held against the schema that an npm package ships.
    if any(leg.name in {"js", "sqlite"} for leg in legs):
        node.install()


def start(legs: Sequence[Leg], folder: Path, stack: ExitStack) -> dict[str, str]:
    """Start all at once: RabbitMQ alone takes as long as the others together."""
    names = {name for leg in legs for name in leg.services}
    services = [SERVICES[name](folder) for name in sorted(names)]
    for service in services:
        stack.callback(service.stop)
    with ThreadPoolExecutor(max(1, len(services))) as pool:
        list(pool.map(lambda service: service.start(), services))
    return {service.name: service.url for service in services}


def tell(results: Sequence[Result]) -> None:
    say()
    for result in results:
        verdict = paint("ok", "green") if result.is_good else paint("failed", "red")
        say(
            f"{verdict:<6}  {result.name:<10} {result.passed:5} passed "
            f"{result.failed:3} failed {result.skipped:3} skipped "
            f"{result.seconds:6.0f} s"
        )
    say()
    say(
        f"{sum(r.passed for r in results)} passed, "
        f"{sum(r.failed for r in results)} failed, "
        f"{sum(r.skipped for r in results)} skipped"
    )


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt(number: int, frame: FrameType | None) -> None:
    # Once is enough: a second one must not cut short the stopping of services.
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt(signal.Signals(number).name)


def main(names: Sequence[str]) -> int:
    for number in SIGNALS:
        signal.signal(number, interrupt)
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    try:
        need(choose(names, {}))
        with ExitStack() as stack:
            folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="luxebrain-"))
            )
            # Servers run as users of their own and must be able to pass.
            folder.chmod(0o755)
            urls = start(choose(names, {}), folder, stack)
            results = [
                result
                for legs in in_turns(choose(names, urls))
                for result in run(legs, folder)
            ]
    except PlainError as trouble:
        return give_up(trouble)
    except KeyboardInterrupt as interrupted:
        text = f"Interrupted by {interrupted}; everything was stopped."
        return give_up(PlainError(text))
    tell(results)
    return 0 if all(result.is_good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
