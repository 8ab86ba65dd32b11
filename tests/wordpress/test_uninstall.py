from __future__ import annotations

import pytest

from tests.wordpress.brain import KEY

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

PLUGIN = "luxebrain/luxebrain.php"
UNINSTALL = f"deactivate_plugins('{PLUGIN}'); uninstall_plugin('{PLUGIN}');"
# WordPress's own notes, which any plugin's coming and going changes.
WORDPRESS = {"recently_activated", "uninstall_plugins", "active_plugins", "cron"}


def without_wordpress(options):
    return {
        name: value
        for name, value in options.items()
        if name not in WORDPRESS and "_site_transient_" not in name
    }


def use_everything(site, brain, visitor):
    """Whatever stores something: settings, a tested connection, failures."""
    site.php(
        "update_option('luxebrain_settings', $given);", url=brain.url, secret_key=KEY
    )
    page = visitor.open("/wp-admin/options-general.php?page=luxebrain")
    visitor.send(page, "admin-post.php")
    brain.status = 500
    site.php("LuxeBrain\\Settings::client()->whoami();")


def test_it_removes_every_option_that_it_stored(site, ada, brain):
    before = without_wordpress(site.options())
    use_everything(site, brain, ada)
    assert "_transient_luxebrain_failures" in site.options()

    site.php(UNINSTALL)

    assert without_wordpress(site.options()) == before


def test_it_keeps_the_settings_when_it_is_only_switched_off(site, ada, brain):
    use_everything(site, brain, ada)

    site.php(f"deactivate_plugins('{PLUGIN}');")

    assert site.php("return get_option('luxebrain_settings');")["secret_key"] == KEY


def test_it_uninstalls_without_a_word_in_the_debug_log(site):
    site.php(UNINSTALL)

    assert site.complaints() == []
