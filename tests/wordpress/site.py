"""A WordPress of its own, from Debian's package, with our plugin in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.wordpress.database import MariaDB

ROOT = Path(__file__).parents[2]
STUBS = Path(__file__).parent / "stubs"
PLUGIN = ROOT / "wp-plugin/luxebrain"
DEBIAN = Path("/usr/share/wordpress")
PASSWORD = "correct horse battery"
# What a test may change, and what reset() brings back.
TABLES = (
    "wp_options",
    "wp_usermeta",
    "wp_posts",
    "wp_postmeta",
    "wp_terms",
    "wp_termmeta",
    "wp_term_taxonomy",
    "wp_term_relationships",
)
OLD_WORDPRESS = re.compile(
    r"PHP Deprecated: .* in \S+/wp-includes/(Requests|SimplePie)/"
)
PHP = ["php", "-d", "sendmail_path=/bin/true", "-d", "display_errors=stderr"]


class Site:
    """start(), url, stop(). Plain HTTP on a free port of this machine."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="luxebrain-wp-"))
        # MariaDB runs as another user and must be able to pass.
        self.folder.chmod(0o755)
        self.root = self.folder / "site"
        self.log = self.folder / "debug.log"
        self.database = MariaDB(self.folder / "mariadb")
        self.server: subprocess.Popen[bytes] | None = None
        self.url = ""
        # Of our plugin and of the stand-in for WooCommerce.
        self.own_tables: list[str] = []
        # Products of the shop by name, once it was made.
        self.shop: dict[str, int] | None = None

    def start(self) -> None:
        try:
            self.database.start()
            self.database.sql("CREATE DATABASE wordpress")
            self.url = f"http://127.0.0.1:{_free_port()}"
            self._copy()
            self._serve()
            self.php(Path(STUBS / "install.php").read_text(), password=PASSWORD)
            self._remember()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        if self.server is not None:
            # The workers too: PHP leaves them behind when only it is told to stop.
            with suppress(ProcessLookupError):
                os.killpg(self.server.pid, signal.SIGTERM)
            self.server.wait()
        self.database.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def reset(self) -> None:
        """As after start(): the plugin active, nothing set, nobody signed in."""
        self.database.sql(
            "".join(
                f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table};"
                for table in TABLES
            )
            + "".join(
                # As new, after an uninstallation too.
                f"CREATE TABLE IF NOT EXISTS {table} LIKE kept_{table};"
                f"TRUNCATE {table};"
                for table in self.own_tables
            ),
            "wordpress",
        )
        self.log.unlink(missing_ok=True)

    def keep(self, name: str) -> None:
        """Keeps everything as it is now, for put_back()."""
        self.database.sql(
            "".join(
                f"CREATE TABLE {name}_{table} AS SELECT * FROM {table};"
                for table in (*TABLES, *self.own_tables)
            ),
            "wordpress",
        )

    def put_back(self, name: str) -> None:
        self.database.sql(
            "".join(
                f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM {name}_{table};"
                for table in (*TABLES, *self.own_tables)
            ),
            "wordpress",
        )

    def php(self, code: str, **given: Any) -> Any:
        """What `code` returns, run inside this WordPress; `$given` holds `given`."""
        done = subprocess.run(
            [*PHP, str(STUBS / "run.php"), str(self.root)],
            input=json.dumps({"code": code.removeprefix("<?php"), "given": given}),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or done.stderr:
            raise RuntimeError(done.stderr or done.stdout)
        return json.loads(done.stdout.rpartition("\n")[2])

    def options(self) -> dict[str, str]:
        """Every option, without the values that WordPress keeps for itself."""
        rows = self.database.sql(
            "SELECT option_name, MD5(option_value) FROM wp_options", "wordpress"
        )
        return dict(line.split("\t") for line in rows.splitlines())

    def complaints(self) -> list[str]:
        """The debug log, without its times and what WordPress 6.1 draws from PHP 8.2."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        told = [re.sub(r"^\[[^]]*\] ", "", line) for line in lines]
        return [line for line in told if not OLD_WORDPRESS.match(line)]

    def _copy(self) -> None:
        # Debian's wp-config.php reads /etc/wordpress; ours must not.
        shutil.copytree(DEBIAN, self.root, ignore=_without("wp-config.php"))
        content = self.root / "wp-content"
        shutil.copytree(PLUGIN, content / "plugins/luxebrain", ignore=_without("tests"))
        shutil.copytree(STUBS / "woocommerce", content / "plugins/woocommerce")
        shutil.copytree(STUBS / "mu-plugins", content / "mu-plugins")
        shutil.copytree(STUBS / "themes", content / "themes", dirs_exist_ok=True)
        config = (STUBS / "wp-config.php").read_text()
        for name, value in {
            "{{ socket }}": str(self.database.socket),
            "{{ url }}": self.url,
            "{{ log }}": str(self.log),
        }.items():
            config = config.replace(name, value)
        (self.root / "wp-config.php").write_text(config)

    def _serve(self) -> None:
        address = self.url.removeprefix("http://")
        with (self.folder / "php.log").open("wb") as log:
            self.server = subprocess.Popen(
                [
                    *PHP,
                    "-d",
                    "opcache.enable_cli=1",
                    "-S",
                    address,
                    "-t",
                    str(self.root),
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ | {"PHP_CLI_SERVER_WORKERS": "2"},
            )
        deadline = time.monotonic() + 20
        while not _answers(f"{self.url}/license.txt"):
            if self.server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "php.log").read_text())
            time.sleep(0.05)

    def _remember(self) -> None:
        self.database.sql(
            "".join(
                f"CREATE TABLE kept_{table} AS SELECT * FROM {table};"
                for table in TABLES
            ),
            "wordpress",
        )
        names = self.database.sql("SHOW TABLES LIKE 'wp\\_luxebrain\\_%'", "wordpress")
        self.own_tables = names.split()
        self.database.sql(
            "".join(
                f"CREATE TABLE kept_{name} LIKE {name};" for name in self.own_tables
            ),
            "wordpress",
        )


def _without(name: str) -> Any:
    return lambda folder, names: {name} & set(names)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
