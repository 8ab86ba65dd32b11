"""A network of sites: each connects by itself, and all are left clean."""

from __future__ import annotations

import pytest

from tests.wordpress.brain import KEY
from tests.wordpress.connecting import code_of, welcome
from tests.wordpress.network import Network

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

PLUGIN = "luxebrain/luxebrain.php"
ON = f"activate_plugin('{PLUGIN}', '', true);"
OFF = f"deactivate_plugins('{PLUGIN}', true, true);"
UNINSTALL = OFF + f"uninstall_plugin('{PLUGIN}');"
CONNECT = "return LuxeBrain\\Connection\\Connect::with_code($given['text'], 1);"
SETTINGS = "return LuxeBrain\\Settings::all();"
MAKE_SHOP = "do_action('activate_woocommerce/woocommerce.php', false);"


@pytest.fixture(scope="module")
def network():
    network = Network()
    try:
        network.start()
        network.php("activate_plugin('woocommerce/woocommerce.php', '', true);")
        network.second = network.add("/zwei/")
        network.on(network.second, MAKE_SHOP)
        yield network
    finally:
        network.stop()


@pytest.fixture(autouse=True)
def clean(network):
    network.php(ON)
    yield
    network.php(UNINSTALL)


def ours(network):
    """Tables and options of the plugin in the whole network."""
    tables = network.tables("wp%luxebrain%")
    for table in (*network.tables("wp%options"), "wp_usermeta", "wp_sitemeta"):
        column = "option_name" if table.endswith("options") else "meta_key"
        rows = network.database.sql(
            f"SELECT {column} FROM {table} WHERE {column} LIKE '%luxebrain%'",
            "wordpress",
        )
        tables += [f"{table}: {name}" for name in rows.split()]
    return tables


def connect(network, blog, brain):
    return network.on(blog, CONNECT, text=code_of(welcome(brain).url))


def test_it_is_at_home_in_every_site(network):
    assert len(network.tables("wp_luxebrain_%")) == 4
    assert len(network.tables(f"wp_{network.second}_luxebrain_%")) == 4
    assert network.ours() == []


def test_it_is_at_home_in_a_site_that_comes_later(network):
    third = network.add("/drei/")

    assert len(network.tables(f"wp_{third}_luxebrain_%")) == 4
    network.php(f"wp_delete_site({third});")
    assert network.tables(f"wp_{third}_luxebrain_%") == []


def test_each_site_connects_by_itself(network, brain):
    assert connect(network, network.second, brain)["store_name"] == "Maison"

    told = network.on(network.second, SETTINGS)
    assert (told["url"], told["secret_key"], told["site"]) == (
        brain.url,
        KEY,
        "127.0.0.1/zwei",
    )
    assert network.php(SETTINGS)["url"] == ""
    assert brain.letters[0]["home_url"] == "http://127.0.0.1/zwei"


def test_each_site_has_a_key_of_its_own(network, brain):
    connect(network, network.second, brain)

    count = "SELECT COUNT(*) FROM {}woocommerce_api_keys"
    first, second = (
        network.database.sql(count.format(prefix), "wordpress").strip()
        for prefix in ("wp_", f"wp_{network.second}_")
    )
    assert (first, second) == ("0", "1")


def test_a_site_that_leaves_leaves_the_others_connected(network, brain):
    connect(network, 1, brain)
    connect(network, network.second, brain)

    network.on(network.second, "LuxeBrain\\Connection\\Disconnect::run();")

    assert network.on(network.second, SETTINGS)["url"] == ""
    assert network.php(SETTINGS)["url"] == brain.url


def test_it_can_be_switched_on_in_one_site_alone(network, brain):
    network.php(UNINSTALL)

    network.on(network.second, f"activate_plugin('{PLUGIN}');")

    assert network.tables("wp_luxebrain_%") == []
    assert len(network.tables(f"wp_{network.second}_luxebrain_%")) == 4
    network.on(network.second, f"deactivate_plugins('{PLUGIN}');")


def test_uninstalling_leaves_no_site_as_it_was_not(network, brain):
    for blog in (1, network.second):
        connect(network, blog, brain)
        network.on(
            blog,
            "LuxeBrain\\Connection\\Button::begin($given['url'], 1);"
            "set_transient('luxebrain_x', 1, 60); set_site_transient('luxebrain_y', 1, 60);"
            "update_site_option('luxebrain_z', 1);",
            url=brain.url,
        )
    assert ours(network) != []

    network.php(UNINSTALL)

    assert ours(network) == []
    assert brain.seen.count("DELETE /api/v1/connect/plugin/") == 2
    assert network.ours() == []
