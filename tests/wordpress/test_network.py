"""A network of sites: each connects by itself, and all are left clean."""

from __future__ import annotations

import contextlib

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


def test_a_slow_luxebrain_leaves_no_site_uncleaned(network, brain):
    """Killed while it waits for an answer, as hosts do after thirty seconds."""
    for blog in (1, network.second):
        connect(network, blog, brain)
    killed = "add_filter( 'pre_http_request', function () { posix_kill( getmypid(), 9 ); } );"

    with contextlib.suppress(Exception):
        network.php(killed + UNINSTALL)

    assert ours(network) == []


def test_telling_many_sites_takes_ten_seconds_at_most(network, brain):
    """Time passes by itself here: two thousand sites, three seconds each."""
    connect(network, 1, brain)
    told = network.php(
        "$asked = array(); add_filter( 'pre_http_request', function ( $no, $how ) use ( &$asked ) {"
        " $asked[] = $how['timeout']; usleep( 1100000 * $how['timeout'] ); return new WP_Error( 'slow', 'Slow.' ); }, 10, 2 );"
        "$client = LuxeBrain\\Settings::client(); $tell = new ReflectionMethod( 'LuxeBrain\\Removal', 'tell' );"
        "$tell->setAccessible( true ); $begun = microtime( true ); $tell->invoke( null, array_fill( 0, 2000, $client ) );"
        "return array( $asked, microtime( true ) - $begun );"
    )

    assert told[0] == [3, 3, 3]
    assert told[1] < 11


# Of one site after the other in one process, as a plugin of the whole network asks.
TELL = """
do_action( 'rest_api_init', rest_get_server() );
$told = array();
foreach ( $given['blogs'] as $blog ) {
    switch_to_blog( $blog );
    $request = new WP_REST_Request( 'GET', '/wc-luxebrain/v1/export' );
    $request->set_query_params( array( 'kind' => $given['kind'], 'after' => 0, 'limit' => 100, 'seconds' => 20, '_fields' => 'id,name,number' ) );
    $lines = new ReflectionMethod( 'LuxeBrain\\Digest\\Export', 'lines' );
    $lines->setAccessible( true );
    $told[] = array( LuxeBrain\\Digest\\Digest::answer( $request )['days'], iterator_to_array( $lines->invoke( null, $request ), false ) );
    restore_current_blog();
}
return array( $told, get_current_blog_id() );
"""
PRODUCT = "$p = new WC_Product_Simple(); $p->set_name( $given['name'] ); $p->set_regular_price( '10.00' ); $p->save();"


def test_each_site_answers_digest_and_export_for_itself(network):
    for blog, names in ((1, ["One"]), (network.second, ["Two", "Three"])):
        for name in names:
            network.on(blog, PRODUCT, name=name)

    told, left_at = network.php(
        TELL, kind="products", blogs=[1, network.second, 1, network.second]
    )

    names = [[line.get("name") for line in lines[1:-1]] for _, lines in told]
    assert names == [["One"], ["Two", "Three"]] * 2
    assert [lines[0]["total"] for _, lines in told] == [1, 2, 1, 2]
    assert [sum(day[1] for day in days) for days, _ in told] == [1, 2, 1, 2]
    assert (told[0], told[1]) == (told[2], told[3])
    assert told[0][0] != told[1][0]
    assert left_at == 1
    assert network.ours() == []


def test_each_site_counts_its_own_orders(network):
    values = "'shop_order','wc-processing','EUR','{}','2026-11-20 10:00:00','2026-11-20 11:00:00',0"
    for prefix, amounts in (
        ("wp_", ["14.50"]),
        (f"wp_{network.second}_", ["1.00", "2.00"]),
    ):
        for number, amount in enumerate(amounts, 31):
            network.database.sql(
                f"INSERT INTO {prefix}wc_orders (id, type, status, currency, total_amount, date_created_gmt,"
                f" date_updated_gmt, parent_order_id) VALUES ({number}, {values.format(amount)});",
                "wordpress",
            )
    alone = [
        network.php(TELL, kind="orders", blogs=[blog])[0][0][0]
        for blog in (1, network.second)
    ]

    told, _ = network.php(TELL, kind="orders", blogs=[1, network.second, 1])

    assert [days[0][1:3] for days, _ in told] == [
        [1, "14.5000"],
        [2, "3.0000"],
        [1, "14.5000"],
    ]
    assert [days for days, _ in told] == [alone[0], alone[1], alone[0]]
