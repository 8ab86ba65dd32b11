"""Deleting the plugin leaves the database as it was before it ever came."""

from __future__ import annotations

import pytest

from tests.wordpress.brain import KEY
from tests.wordpress.connecting import code_of, open_shop, paste, welcome

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

PLUGIN = "luxebrain/luxebrain.php"
UNINSTALL = f"deactivate_plugins('{PLUGIN}'); uninstall_plugin('{PLUGIN}');"
COME_BACK = f"activate_plugin('{PLUGIN}');"
# WordPress's own notes, which any plugin's coming and going changes.
WORDPRESS = {"recently_activated", "uninstall_plugins", "active_plugins", "cron"}
# Action Scheduler's tables, as WooCommerce makes them: the columns that tell whose a row is.
SCHEDULER = """
CREATE TABLE IF NOT EXISTS wp_actionscheduler_groups
  (group_id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, slug VARCHAR(255) NOT NULL);
CREATE TABLE IF NOT EXISTS wp_actionscheduler_actions
  (action_id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, hook VARCHAR(191) NOT NULL,
   status VARCHAR(20) NOT NULL, group_id BIGINT UNSIGNED NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS wp_actionscheduler_logs
  (log_id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
   action_id BIGINT UNSIGNED NOT NULL, message TEXT NOT NULL);
INSERT INTO wp_actionscheduler_groups VALUES (1, 'others'), (2, 'luxebrain');
INSERT INTO wp_actionscheduler_actions VALUES
  (1, 'their_hook', 'pending', 1), (2, 'luxebrain_flush', 'complete', 2),
  (3, 'luxebrain_flush', 'canceled', 2);
INSERT INTO wp_actionscheduler_logs VALUES (1, 1, 'theirs'), (2, 2, 'ours');
"""
NO_SCHEDULER = (
    "DROP TABLE IF EXISTS wp_actionscheduler_groups, wp_actionscheduler_actions,"
    " wp_actionscheduler_logs;"
)


@pytest.fixture
def shop(site):
    yield open_shop(site)
    site.database.sql(NO_SCHEDULER, "wordpress")
    site.php(COME_BACK)


def whole(site):
    """Every row of every table, but for what changes without us."""
    tables = site.database.sql("SHOW TABLES", "wordpress").split()
    kept = {
        table: site.database.sql(f"SELECT * FROM {table}", "wordpress").splitlines()
        for table in tables
        # The others are the tests' own copies, to put things back from.
        if table.startswith("wp_")
    }
    kept["wp_options"] = [
        row.split("\t", 1)[1]
        for row in kept["wp_options"]
        if row.split("\t")[1] not in WORDPRESS
        and "_site_transient_" not in row
        and "stub_as_actions" not in row
    ]
    kept["wp_usermeta"] = [
        row.split("\t", 1)[1]
        for row in kept["wp_usermeta"]
        if "session_tokens" not in row
    ]
    return {table: sorted(rows) for table, rows in kept.items()}


def named(dump):
    """Where our name stands, be it in a table's name or in a row."""
    return [table for table in dump if "luxebrain" in table] + [
        row for rows in dump.values() for row in rows if "luxebrain_" in row
    ]


def use_everything(site, brain, visitor):
    """Whatever stores something."""
    site.php(f"activate_plugin('{PLUGIN}');")
    paste(visitor, code_of(brain.url))
    visitor.open("/wp-admin/admin.php?page=luxebrain")
    site.database.sql(SCHEDULER, "wordpress")
    site.php(
        "LuxeBrain\\Schedule::clear_all(); LuxeBrain\\Schedule::set_up();"
        "LuxeBrain\\Schedule::once('luxebrain_something', array(1), 60);"
        "wp_schedule_event(time() + 60, 'hourly', 'luxebrain_by_cron');"
        "LuxeBrain\\Connection\\Button::begin($given['url'], 1);"
        "foreach (LuxeBrain\\Fields::all() as $name => $field) {"
        "  LuxeBrain\\Settings::store(array($name => $field['default'])); }"
        "luxebrain_stub_make_webhook($given['url'] . '/api/v1/webhooks/order-created?to=x');"
        "set_transient('luxebrain_failures', 2, 60); set_site_transient('luxebrain_x', 1, 60);"
        "update_user_meta(1, 'luxebrain_note', 1); update_post_meta(1, '_luxebrain_note', 1);"
        "update_term_meta(1, '_luxebrain_note', 1);",
        url=brain.url,
    )
    brain.status = 500
    site.php("LuxeBrain\\Settings::client()->whoami();")


def test_it_leaves_the_database_as_it_was(shop, ada, brain):
    welcome(brain)
    shop.php(UNINSTALL)
    before = whole(shop)
    assert named(before) == []
    use_everything(shop, brain, ada)
    between = whole(shop)
    assert "wp_luxebrain_outbox" in between
    assert any("luxebrain_settings" in row for row in between["wp_options"])
    assert any("LuxeBrain" in row for row in between["wp_woocommerce_api_keys"])

    shop.php(UNINSTALL)

    after = whole(shop)
    assert named(after) == []
    assert after.pop("wp_actionscheduler_actions") == ["1\ttheir_hook\tpending\t1"]
    assert after.pop("wp_actionscheduler_groups") == ["1\tothers"]
    assert after.pop("wp_actionscheduler_logs") == ["1\t1\ttheirs"]
    assert after == before


def test_it_leaves_no_plan_behind(shop, ada, brain):
    welcome(brain)
    use_everything(shop, brain, ada)

    shop.php(UNINSTALL)

    hooks = shop.php(
        "$hooks = array(); foreach (_get_cron_array() as $at => $plans) {"
        "$hooks = array_merge($hooks, array_keys((array) $plans)); } return $hooks;"
    )
    assert [hook for hook in hooks if hook.startswith("luxebrain")] == []
    pending = shop.php(
        "return array_filter(as_stub_all(), function ($action) {"
        "return 'pending' === $action['status'] && 'luxebrain' === $action['group']; });"
    )
    assert not pending


def test_it_tells_luxebrain(shop, ada, brain):
    welcome(brain)
    paste(ada, code_of(brain.url))

    shop.php(UNINSTALL)

    assert brain.seen[-1] == "DELETE /api/v1/connect/plugin/"


def test_it_keeps_the_settings_when_it_is_only_switched_off(shop, ada, brain):
    welcome(brain)
    paste(ada, code_of(brain.url))

    shop.php(f"deactivate_plugins('{PLUGIN}');")

    assert shop.php("return get_option('luxebrain_settings');")["secret_key"] == KEY


def test_it_uninstalls_without_a_word_in_the_debug_log(shop):
    shop.php(UNINSTALL)

    assert shop.complaints() == []


def test_it_uninstalls_where_woocommerce_never_was(site):
    site.php(UNINSTALL)

    assert site.complaints() == []
    assert named(whole(site)) == []
    site.php(COME_BACK)
