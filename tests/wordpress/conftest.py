"""One WordPress for all tests here; each begins with it as it was after installation."""

from __future__ import annotations

import pytest

from tests.wordpress.brain import KEY, Brain
from tests.wordpress.shelf_brain import PUBLISHABLE, ShelfBrain
from tests.wordpress.shelf_browser import chromium, opened, pick, similar  # noqa: F401
from tests.wordpress.shop import Shop
from tests.wordpress.site import Site
from tests.wordpress.visitor import Visitor


@pytest.fixture(scope="session")
def installed():
    site = Site()
    site.start()
    yield site
    site.stop()


@pytest.fixture
def site(installed):
    installed.reset()
    return installed


@pytest.fixture
def brain():
    brain = Brain()
    brain.start()
    yield brain
    brain.stop()


@pytest.fixture
def visitor(site):
    """Nobody in particular."""
    visitor = Visitor(site)
    yield visitor
    visitor.leave()


@pytest.fixture
def ada(visitor):
    """Signed in; runs the shop."""
    visitor.sign_in("ada")
    return visitor


@pytest.fixture
def shop(site):
    """WooCommerce with some products."""
    shop = Shop(site)
    shop.open()
    return shop


@pytest.fixture
def connected(site, shop):
    """A LuxeBrain that fills the shop's shelves."""
    brain = ShelfBrain()
    brain.start()
    site.php(
        "update_option('luxebrain_settings', $given['settings']);",
        settings={
            "url": brain.url,
            "secret_key": KEY,
            "publishable_key": PUBLISHABLE,
        },
    )
    yield brain
    brain.stop()


@pytest.fixture
def luxebrain(live_server, settings, monkeypatch):
    """Where it listens, without a broker behind it."""
    monkeypatch.setattr("celery.current_app.send_task", lambda name: None)
    settings.PUBLIC_URL = live_server.url
    settings.SHOPS_MAY_BE_PRIVATE = True
    return live_server
