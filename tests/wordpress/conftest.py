"""One WordPress for all tests here; each begins with it as it was after installation."""

from __future__ import annotations

import pytest

from tests.wordpress.brain import Brain
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
