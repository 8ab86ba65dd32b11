"""The real thing, small: a demo shop behind Granian, opened in Debian's Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from deploy.local.children import end
from tests.migrated import NAME, migrated

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "var" / "screenshots"
CHROMIUM = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
EMAIL = "admin@localhost"
SMALL = ("--products", "40", "--customers", "300", "--months", "14")


@dataclass(frozen=True)
class Site:
    url: str
    password: str
    env: dict[str, str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A server of its own: folder, port, demo shop, first owner."""
    port = free_port()
    env = {
        **os.environ,
        "VAR_DIR": str(tmp_path_factory.mktemp("browser")),
        "ENV_FILE": os.devnull,
        "DATABASE_URL": "",
        "PUBLIC_URL": f"http://localhost:{port}",
        "LOG_LEVEL": "WARNING",
        "RATE_LIMIT_LOGIN": "1000/min",
    }
    env.pop("DATABASE_URL")
    migrated(Path(env["VAR_DIR"], NAME))
    manage(env, "demo", *SMALL)
    said = manage(env, "first_owner")
    manage(env, "shell", "-c", "from tests.browser.seed import seed; seed()")
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "luxebrain.wsgi:application"],
        cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        url = f"http://localhost:{port}"
        wait_for(f"{url}/healthz", server)
        yield Site(url, said.rsplit("password ", 1)[1].strip(), env)
    finally:
        # A page that stayed open may still be told news, for half a minute.
        end(server, patience=5)


def manage(env: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def wait_for(url: str, server: subprocess.Popen) -> None:
    for _ in range(200):
        assert server.poll() is None, "The server stopped."
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{url} does not answer.")


@pytest.fixture(scope="session")
def browser():
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    assert program, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


class Watched:
    """A page, and everything that went wrong on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("requestfailed", self.miss)
        page.on("response", self.look)

    def hear(self, message) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def miss(self, request) -> None:
        """A picture that was still on its way when the page was left is no fault."""
        if "ERR_ABORTED" not in str(request.failure):
            self.faults.append(f"failed: {request.url}")

    def look(self, response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")

    def open(self, url: str) -> None:
        self.faults.clear()
        self.page.goto(url)
        # The theme hides its pages until its scripts have run.
        self.page.wait_for_function("!document.querySelector('html[x-cloak]')")
        self.page.evaluate("document.fonts.ready")


# Whoever is left alone sees no shelf change; other tests of this shop have left some.
HOLDOUTS = """
from apps.experiments.models import Experiment
Experiment.objects.across_stores().holdouts().filter(status="{was}").update(status="{now}")
"""
# What a web process believes of them.
BELIEVED_SECONDS = 7.5


@pytest.fixture(scope="module")
def nobody_left_alone(site):
    manage(site.env, "shell", "-c", HOLDOUTS.format(was="running", now="paused"))
    time.sleep(BELIEVED_SECONDS)
    yield
    manage(site.env, "shell", "-c", HOLDOUTS.format(was="paused", now="running"))


def open_page(browser: Browser, width: int, theme: str) -> Watched:
    height = 900 if width > 800 else 844
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        reduced_motion="reduce",
    )
    return Watched(context.new_page())


def sign_in(watched: Watched, site: Site) -> None:
    watched.open(f"{site.url}/admin/login/")
    watched.page.fill("#id_username", EMAIL)
    watched.page.fill("#id_password", site.password)
    watched.page.click("#login-form button[type=submit]")
    watched.page.wait_for_url("**/admin/")


@pytest.fixture(scope="session")
def signed_in(browser, site):
    """A signed-in page of each width and theme, kept for all tests."""
    pages: dict[tuple[int, str], Watched] = {}

    def get(width: int, theme: str) -> Watched:
        if (width, theme) not in pages:
            pages[width, theme] = open_page(browser, width, theme)
            sign_in(pages[width, theme], site)
        return pages[width, theme]

    return get
