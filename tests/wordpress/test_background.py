"""Tables of the plugin's own, and its work in the background."""

from __future__ import annotations

import pytest

from tests.wordpress.brain import KEY

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

PLANNED = """
$found = array();
foreach ( as_stub_all() as $one ) {
    if ( 'pending' === $one['status'] && 'luxebrain' === $one['group'] ) { $found[] = array( $one['hook'], $one['args'] ); }
}
return $found;
"""
WITH_CRON = """
$found = array();
foreach ( _get_cron_array() as $hooks ) {
    foreach ( is_array( $hooks ) ? $hooks : array() as $hook => $plans ) {
        if ( 0 === strpos( $hook, 'luxebrain_' ) ) { $found[ $hook ] = current( $plans )['interval']; }
    }
}
return $found;
"""
AN_HOUR_LATER = "delete_option( 'luxebrain_schedule_checked' );"


@pytest.fixture
def connected(site):
    site.php(
        "update_option('luxebrain_settings', $given);",
        url="http://127.0.0.1:9",
        secret_key=KEY,
    )
    return site


def tables(site):
    return sorted(
        site.database.sql("SHOW TABLES LIKE 'wp\\_luxebrain\\_%'", "wordpress").split()
    )


# Work.


def test_it_plans_its_work_once_with_action_scheduler(shop, connected, ada):
    ada.open("/wp-admin/")
    connected.php(AN_HOUR_LATER)
    ada.open("/wp-admin/")

    assert connected.php(PLANNED) == [["luxebrain_work", []]]
    assert connected.php(WITH_CRON) == []


def test_it_plans_its_work_with_wordpress_where_woocommerce_is_absent(connected, ada):
    ada.open("/wp-admin/")

    assert connected.php(WITH_CRON) == {"luxebrain_work": 60}
    assert connected.complaints() == []


def test_it_moves_to_action_scheduler_when_that_comes(connected, ada):
    ada.open("/wp-admin/")
    connected.php("activate_plugin('woocommerce/woocommerce.php');" + AN_HOUR_LATER)
    ada.open("/wp-admin/")

    assert connected.php(WITH_CRON) == []
    assert connected.php(PLANNED) == [["luxebrain_work", []]]


RUN = """
$GLOBALS['ran'] = array();
foreach ( array_keys( LuxeBrain\\Schedule::JOBS ) as $hook ) {
    remove_all_actions( $hook );
    add_action( $hook, function () use ( $hook ) {
        $GLOBALS['ran'][] = $hook;
        if ( 'luxebrain_flush' === $hook ) { throw new Exception( 'broken' ); }
    } );
}
do_action( 'luxebrain_work' );
return $GLOBALS['ran'];
"""


def test_it_does_what_is_due_whatever_breaks(shop, connected):
    each_minute = ["luxebrain_flush", "luxebrain_refresh_shelves"]

    assert sorted(connected.php(RUN)) == sorted(
        [*each_minute, "luxebrain_prices_sweep", "luxebrain_ask_status"]
    )
    assert sorted(connected.php(RUN)) == each_minute
    connected.php(
        "$done = get_option( 'luxebrain_work_done' ); $done['luxebrain_ask_status'] -= 3600; update_option( 'luxebrain_work_done', $done );"
    )
    assert sorted(connected.php(RUN)) == ["luxebrain_ask_status", *each_minute]


def test_it_does_nothing_where_it_rests(shop, connected):
    connected.php("LuxeBrain\\Settings::store( array( 'url' => '' ) );")

    assert connected.php(RUN) == []


def test_it_plans_nothing_before_the_shop_is_connected(site, shop, ada):
    ada.open("/wp-admin/")

    assert site.php(PLANNED) == []


def test_it_plans_nothing_on_a_shoppers_page(shop, connected, visitor):
    visitor.open("/")

    assert connected.php(PLANNED) == []


def test_it_looks_only_once_an_hour(shop, connected, ada):
    ada.open("/wp-admin/")
    connected.php("as_unschedule_all_actions( '', array(), 'luxebrain' );")

    ada.open("/wp-admin/")

    assert connected.php(PLANNED) == []


def test_it_plans_the_same_thing_once_and_another_beside_it(shop, connected):
    connected.php(
        "foreach ( array( 1, 1, 2 ) as $n ) { LuxeBrain\\Schedule::once( 'luxebrain_try', array( $n ), 60 ); }"
    )

    assert connected.php(PLANNED) == [["luxebrain_try", [1]], ["luxebrain_try", [2]]]


def test_it_plans_again_what_runs_already(shop, connected):
    connected.php(
        "LuxeBrain\\Schedule::once( 'luxebrain_try' );"
        "add_action( 'luxebrain_try', fn() => LuxeBrain\\Schedule::once( 'luxebrain_try' ) );"
        "as_run_due();"
    )

    assert connected.php(PLANNED) == [["luxebrain_try", []]]


@pytest.mark.parametrize("with_woocommerce", [True, False])
def test_it_takes_everything_back_when_it_is_switched_off(
    connected, ada, with_woocommerce
):
    if with_woocommerce:
        connected.php("activate_plugin('woocommerce/woocommerce.php');")
    ada.open("/wp-admin/")

    connected.php("deactivate_plugins('luxebrain/luxebrain.php');")

    assert connected.php(WITH_CRON) == []
    assert not with_woocommerce or connected.php(PLANNED) == []
    assert "luxebrain_schedule_checked" not in connected.options()


# Tables.


def test_it_makes_its_tables_when_it_is_switched_on(site):
    assert tables(site) == [
        "wp_luxebrain_outbox",
        "wp_luxebrain_prices",
        "wp_luxebrain_rates",
        "wp_luxebrain_shelves",
    ]


def test_it_changes_nothing_by_making_them_again(site):
    site.database.sql(
        "INSERT INTO wp_luxebrain_prices (product_id, family_id, is_current, at)"
        " VALUES (1, 1, 1, 1)",
        "wordpress",
    )

    changes = site.php(
        "require_once ABSPATH . 'wp-admin/includes/upgrade.php';"
        "return array_merge( dbDelta( LuxeBrain\\Tracking\\Outbox::schema() ),"
        "dbDelta( LuxeBrain\\Prices\\History::schema() ) );"
    )

    assert changes == []
    count = "SELECT COUNT(*) FROM wp_luxebrain_prices"
    assert site.database.sql(count, "wordpress") == "1\n"


def test_it_makes_them_after_an_update_that_nobody_announced(site, ada):
    site.database.sql("DROP TABLE wp_luxebrain_outbox", "wordpress")
    site.php("update_option( 'luxebrain_tables', 0 );")

    ada.open("/wp-admin/")

    assert "wp_luxebrain_outbox" in tables(site)


def test_it_gives_them_away_with_a_site_of_a_network(site):
    assert site.php(
        "return apply_filters( 'wpmu_drop_tables', array( 'wp_posts' ), 1 );"
    ) == [
        "wp_posts",
        "wp_luxebrain_shelves",
        "wp_luxebrain_outbox",
        "wp_luxebrain_prices",
        "wp_luxebrain_rates",
    ]
