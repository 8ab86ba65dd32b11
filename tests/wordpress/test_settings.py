from __future__ import annotations

import pytest

from tests.wordpress.brain import KEY

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

SCREEN = "/wp-admin/options-general.php?page=luxebrain"
BELOW_WOOCOMMERCE = "/wp-admin/admin.php?page=luxebrain"
PUBLISHABLE = "pk_0123456789abcdefghijklmn"
OTHER_KEY = "sk_ZyXwVuTsRqPo_QWERTYUIOPasdfghjklzxcvbnm987654"


def stored(site):
    """The connection, or False; without the other fields, which parts of the plugin add."""
    kept = site.php("return get_option('luxebrain_settings');")
    names = ("url", "secret_key", "publishable_key", "site")
    return kept and {name: kept[name] for name in names}


def save(visitor, screen=SCREEN, **changed):
    fields = {f"luxebrain_settings[{name}]": value for name, value in changed.items()}
    page = visitor.open(screen)
    return visitor.send(page, "options.php", **fields)


def test_it_shows_the_screen_to_the_administrator(site, ada):
    page = ada.open(SCREEN)

    assert "<h1>LuxeBrain</h1>" in page.text
    assert site.complaints() == []


def test_it_refuses_the_screen_to_a_subscriber(visitor):
    visitor.sign_in("ben")

    assert visitor.open(SCREEN).status_code == 403


def test_it_sends_a_stranger_to_the_sign_in(visitor):
    page = visitor.open(SCREEN)

    assert page.url.path == "/wp-login.php"


def test_it_sits_below_woocommerce_where_that_is(site, ada):
    site.php("activate_plugin('woocommerce/woocommerce.php');")

    assert "<h1>LuxeBrain</h1>" in ada.open(BELOW_WOOCOMMERCE).text


def test_it_lets_a_shop_manager_save(site, visitor):
    site.php(
        "activate_plugin('woocommerce/woocommerce.php');"
        "get_user_by('login', 'ben')->set_role('shop_manager');"
    )
    visitor.sign_in("ben")

    save(visitor, BELOW_WOOCOMMERCE, publishable_key=PUBLISHABLE)

    assert stored(site)["publishable_key"] == PUBLISHABLE


def test_it_saves_a_connection(site, ada):
    page = save(
        ada,
        url=" https://brain.example.com/ ",
        secret_key=KEY,
        publishable_key=PUBLISHABLE,
    )

    assert page.text.count("Settings saved.") == 1
    assert stored(site) == {
        "url": "https://brain.example.com",
        "secret_key": KEY,
        "publishable_key": PUBLISHABLE,
        "site": site.url.removeprefix("http://"),
    }


def test_it_never_prints_the_secret_back(ada):
    page = save(ada, secret_key=KEY)

    assert "Stored: <code>sk_a1B2c3D4e5F6</code>" in page.text
    assert KEY[16:] not in page.text


def test_it_keeps_the_secret_when_other_fields_are_saved(site, ada):
    save(ada, secret_key=KEY)

    save(ada, publishable_key=PUBLISHABLE)

    assert stored(site)["secret_key"] == KEY


def test_it_replaces_the_secret(site, ada):
    save(ada, secret_key=KEY)

    save(ada, secret_key=OTHER_KEY)

    assert stored(site)["secret_key"] == OTHER_KEY


@pytest.mark.parametrize(
    "url",
    [
        "http://brain.example.com",
        "https://brain.example.com/?key=1",
        "https://ada:secret@brain.example.com",
        '"><script>alert(1)</script>',
    ],
)
def test_it_refuses_an_unsafe_address(site, ada, url):
    page = save(ada, url=url)

    assert page.text.count("Please enter LuxeBrain&#039;s address with https") == 1 or (
        page.text.count("Please enter LuxeBrain's address with https") == 1
    )
    assert stored(site)["url"] == ""


def test_it_drops_a_script_of_another_scheme(site, ada):
    save(ada, url="javascript:alert(1)")

    assert stored(site)["url"] == ""


def test_it_refuses_keys_of_the_wrong_shape(site, ada):
    save(ada, secret_key=PUBLISHABLE, publishable_key='"><script>alert(1)</script>')

    assert set(stored(site).values()) == {""}


def test_it_refuses_a_wrong_nonce(site, ada):
    page = ada.open(SCREEN)

    answer = ada.send(page, "options.php", _wpnonce="0123456789")

    assert answer.status_code == 403
    assert stored(site) is False


def test_it_refuses_a_subscriber_who_posts_the_form(site, visitor):
    visitor.sign_in("ben")

    answer = visitor.http.post(
        "/wp-admin/options.php",
        data={"option_page": "luxebrain", "action": "update", "_wpnonce": "0"},
    )

    assert answer.status_code == 403
    assert stored(site) is False


def test_it_is_not_in_the_settings_of_the_rest_api(site, ada):
    save(ada, secret_key=KEY)

    answer = site.php(
        "wp_set_current_user(1);"
        "return rest_do_request(new WP_REST_Request('GET', '/wp/v2/settings'))->data;"
    )

    assert "title" in answer
    assert not [name for name in answer if "luxebrain" in name]
