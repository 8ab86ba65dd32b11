from __future__ import annotations

import re
from html import unescape

import pytest

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

PLUGIN = "luxebrain/luxebrain.php"
SWITCH_OFF = f"deactivate_plugins('{PLUGIN}');"


def activate(visitor):
    """Press Activate in the list of plugins."""
    page = visitor.open("/wp-admin/plugins.php").text
    link = re.search(r'href="(plugins\.php\?action=activate[^"]*luxebrain[^"]*)"', page)
    assert link
    return visitor.open(f"/wp-admin/{unescape(link.group(1))}")


def test_it_activates_from_the_list_of_plugins(site, ada):
    site.php(SWITCH_OFF)

    page = activate(ada)

    assert "Plugin activated." in page.text
    assert site.php(f"return is_plugin_active('{PLUGIN}');") is True


def test_it_activates_without_a_word_in_the_debug_log(site, ada):
    site.php(SWITCH_OFF)

    page = activate(ada)

    assert "unexpected output" not in page.text
    assert site.complaints() == []


def test_it_stores_nothing_by_being_activated(site):
    site.php(SWITCH_OFF)
    before = site.options()

    site.php(f"activate_plugin('{PLUGIN}');")

    assert set(site.options()) - set(before) == set()


def test_it_declares_itself_at_home_in_the_new_woocommerce(site):
    site.php("activate_plugin('woocommerce/woocommerce.php');")

    declared = site.php(
        "return Automattic\\WooCommerce\\Utilities\\FeaturesUtil::$declared;"
    )

    assert declared == [
        ["custom_order_tables", PLUGIN, True],
        ["cart_checkout_blocks", PLUGIN, True],
    ]


def test_it_links_from_the_list_of_plugins_to_its_screen(site, ada):
    page = ada.open("/wp-admin/plugins.php").text

    assert f"{site.url}/wp-admin/options-general.php?page=luxebrain" in page
