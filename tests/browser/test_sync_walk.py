"""The merchant's whole way, with a worker and a shop that are really there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.demo.fake_shop.server import serve
from apps.demo.fake_shop.shop import FakeShop
from deploy.local.children import end
from tests.browser.conftest import EMAIL, ROOT, Watched, manage, open_page, sign_in
from tests.browser.looks import problems, shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]
KEY, SECRET = "ck_" + "a" * 40, "cs_" + "b" * 40
SAMPLES = ROOT / "apps" / "sync" / "samples"
PATIENCE = 90_000


@pytest.fixture(scope="module")
def worker(site):
    """Of the queue `sync`; without beat, so that nothing comes by its clock."""
    command = [sys.executable, "-m", "celery", "-A", "luxebrain", "worker", "-Q", "sync"]  # fmt: skip
    working = subprocess.Popen(
        [*command, "--pool", "solo", "--without-mingle", "--loglevel", "ERROR"],
        cwd=ROOT, env=site.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    yield working
    end(working)


@pytest.fixture
def shop():
    fake = FakeShop(
        name="Lune", time_zone="UTC", currency="EUR", key=KEY, secret=SECRET, seed=1
    )
    fake.fill(products=20, variations_per_product=3, customers=30, orders=250)
    with serve(fake):
        yield fake


def merchant(browser, site, store: str, *options: str) -> Watched:
    """Signed in to a store that was opened just now."""
    manage(site.env, "new_store", store, "--owner", EMAIL, "--currency", "EUR", *options)  # fmt: skip
    watched = open_page(browser, 1280, "light")
    sign_in(watched, site)
    watched.page.locator(".lb-switcher summary").click()
    watched.page.get_by_role("button", name=store, exact=True).click()
    expect(watched.page.locator(".lb-switcher strong")).to_have_text(store)
    return watched


def until_shown(page: Page, url: str, text: str | re.Pattern[str]) -> None:
    """Lists are looked at again, as a merchant would."""
    for _ in range(PATIENCE // 1000):
        page.goto(url)
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(1000)
    raise AssertionError(f"{url} never shows {text}")


def test_a_merchant_connects_and_sees_the_proof(browser, site, worker, shop):
    watched = merchant(browser, site, "Lune")
    page, sync = watched.page, f"{site.url}/admin/sync"

    page.goto(f"{sync}/connection/")
    page.get_by_role("link", name="Paste keys").click()
    page.fill("[name=url]", f"{shop.url}/wp-admin")
    page.fill("[name=key]", KEY)
    page.fill("[name=secret]", SECRET)
    page.get_by_role("button", name="Paste keys").click()
    expect(page.get_by_text("Your shop is connected.")).to_be_visible()

    page.goto(f"{sync}/run/")
    page.get_by_role("link", name="First sync").click()
    expect(page.locator("#sync-live")).to_contain_text("Step by step")
    orders = page.get_by_role("row").filter(has_text="Orders")
    expect(orders).to_contain_text("Done", timeout=PATIENCE)
    expect(orders.get_by_role("cell").nth(2)).to_have_text("250")

    until_shown(page, f"{sync}/hook/", "15 in all")
    [product, *_] = shop.truth("products").values()
    shop.place_order([(product["id"], 0, 1)], email="new@example.test")
    shop.run_cron()
    shop.deliver()
    until_shown(page, f"{sync}/delivery/?status=applied", "Order is new")

    page.goto(f"{sync}/run/")
    page.get_by_role("link", name="Compare with the shop now").click()
    page.get_by_role("button", name="Compare with the shop now").click()
    until_shown(page, f"{sync}/certificate/", re.compile("^Equal$"))

    page.goto(f"{sync}/connection/")
    page.get_by_role("button", name="Check the connection").click()
    expect(page.get_by_text(re.compile("^It works|checks are well"))).to_be_visible(
        timeout=25_000
    )
    shoot(watched, "walk-doctor-1280-light")
    assert problems(watched) == []
    page.context.close()


def test_a_merchant_brings_files_and_takes_them_out(browser, site, tmp_path):
    watched = merchant(browser, site, "Atelier", "--platform", "files")
    page, files = watched.page, f"{site.url}/admin/sync/fileimport/"

    page.goto(files)
    page.get_by_role("link", name="Choose a file").click()
    page.set_input_files("[name=file]", SAMPLES / "products.csv")
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("#sync-live")).to_contain_text("Import it")
    shoot(watched, "walk-file-checked-1280-light")
    page.get_by_role("link", name="Import it").click()
    page.get_by_role("button", name="Import it").click()
    expect(page.locator("#sync-live")).to_contain_text("Imported")
    assert problems(watched) == []

    page.goto(f"{files}do/export/")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Take out as a file").click()
    rows = Path(taken.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == len((SAMPLES / "products.csv").read_text().splitlines())
    page.context.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "do/upload/", "do/export/"])
def test_a_page_for_files_looks_right(signed_in, site, path, width, theme):
    watched = signed_in(width, theme)
    watched.open(f"{site.url}/admin/sync/fileimport/{path}")
    name = path.strip("/").replace("/", "-") or "list"
    shoot(watched, f"files-{name}-{width}-{theme}")
    assert problems(watched) == []
