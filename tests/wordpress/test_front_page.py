from __future__ import annotations

import pytest

from tests.wordpress.brain import KEY

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

PAGES = ["/", "/?p=1", "/?s=dress", "/?feed=rss2", "/wp-login.php"]
CONNECT = "update_option('luxebrain_settings', $given);"


@pytest.mark.parametrize("path", PAGES)
def test_it_shows_the_same_page_whether_luxebrain_answers_or_not(
    site, visitor, brain, path
):
    site.php("deactivate_plugins('luxebrain/luxebrain.php');")
    without_plugin = visitor.open(path).text
    site.php("activate_plugin('luxebrain/luxebrain.php');")

    site.php(CONNECT, url=brain.url, secret_key=KEY)
    reachable = visitor.open(path).text
    site.php(CONNECT, url="http://127.0.0.1:9", secret_key=KEY)
    unreachable = visitor.open(path).text

    assert without_plugin == reachable == unreachable


@pytest.mark.parametrize("path", PAGES)
def test_it_asks_luxebrain_nothing_while_a_page_is_built(site, visitor, brain, path):
    site.php(CONNECT, url=brain.url, secret_key=KEY)

    visitor.open(path)

    assert brain.seen == []


@pytest.mark.parametrize("path", PAGES)
def test_it_adds_no_word_to_the_debug_log(site, visitor, path):
    site.php("deactivate_plugins('luxebrain/luxebrain.php');")
    visitor.open(path)
    without_plugin = site.complaints()
    site.reset()

    visitor.open(path)

    assert site.complaints() == without_plugin


def test_it_keeps_nothing_in_a_shoppers_browser(visitor):
    visitor.open("/")

    assert not list(visitor.http.cookies.jar)
