"""The form of the search by picture, and the shop's own way to LuxeBrain."""

from __future__ import annotations

import html
import json
import re

import pytest

from tests.wordpress.photo import jpeg
from tests.wordpress.shelf_brain import PICTURE

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]
ROUTE = "/wp-json/luxebrain/v1/picture"
PLACED = [
    "[luxebrain_visual_search]",
    "<!-- wp:luxebrain/visual-search /-->",
    '[luxebrain_recommendations placement="picture-search"]',
]


@pytest.fixture
def written(site, shop, connected, visitor):
    def open_page(content):
        number = site.php(
            "kses_remove_filters(); return wp_insert_post(array('post_type' => 'page', 'post_status' => 'publish',"
            " 'post_title' => 'Written', 'post_content' => wp_slash($given['content'])));",
            content=content,
        )
        open_page.again = lambda: visitor.open(f"/?page_id={number}")
        return open_page.again().text

    return open_page


@pytest.fixture
def send(connected, visitor, site):
    """As the script does, where it cannot ask LuxeBrain itself."""

    def post(sent=None, name="picture", **said):
        return visitor.http.post(
            site.url + ROUTE,
            files={name: ("picture.jpg", jpeg() if sent is None else sent)},
            data=said,
        )

    return post


def told(page):
    [given] = re.findall(r'data-luxe-picture="([^"]*)"', page)
    return json.loads(html.unescape(given))


@pytest.mark.parametrize("content", PLACED)
def test_it_draws_a_form_that_waits_for_its_script(content, written, connected):
    page = written(content)

    [form] = re.findall(
        r'<div class="luxe-picture__form"[^>]*>.*?</div>', page, re.DOTALL
    )
    [opening] = re.findall(r"<div[^>]*>", form)
    [field] = re.findall(r'<input[^>]*type="file"[^>]*>', form)
    assert "hidden" in opening
    assert 'accept="image/*"' in field
    name = re.search(r' id="([^"]+)"', field).group(1)
    assert f'<label class="luxe-picture__label" for="{name}">Search by picture' in form
    note = re.search(r'aria-describedby="([^"]+)"', field).group(1)
    assert f'id="{note}"' in form
    assert "used for this search only and is not kept" in form
    assert re.search(r'role="status" aria-live="polite"', page)
    assert "assets/picture.js" in page
    assert connected.seen == []


def test_its_script_is_on_no_other_page(written):
    assert "picture.js" not in written("Nothing here")


def test_two_forms_of_a_page_have_names_of_their_own(written):
    page = written("[luxebrain_visual_search][luxebrain_visual_search]")
    names = re.findall(r'<input[^>]* id="([^"]+)"', page)
    assert len({name for name in names if name.startswith("luxe-picture")}) == 2


def test_it_is_the_same_for_everybody_and_says_where_to_ask(written, connected, site):
    said = told(written('[luxebrain_visual_search limit="4"]'))
    assert said["url"] == connected.url + PICTURE
    assert said["shop"] == site.url + ROUTE
    assert (said["limit"], said["key"][:3]) == (4, "pk_")
    assert "sk_" not in json.dumps(said)


def test_what_the_merchant_writes_is_text(written):
    page = written('[luxebrain_visual_search title="A & B &lt;script&gt;alert(1)&lt;/script&gt;" class="&quot; onload=&quot;x"]')  # fmt: skip
    assert "<script>alert(1)" not in page
    assert 'onload="x' not in page


def test_there_is_no_form_where_the_search_is_switched_off(written, connected, shop):
    connected.off = ["picture-search"]
    assert "data-luxe-picture" in written(PLACED[0])
    shop.refresh()

    assert "data-luxe-picture" not in written.again().text


def test_a_shop_that_is_not_connected_shows_no_form(site, shop, visitor):
    number = site.php(
        "return wp_insert_post(array('post_type' => 'page', 'post_status' => 'publish',"
        " 'post_title' => 'Written', 'post_content' => '[luxebrain_visual_search]'));"
    )
    page = visitor.open(f"/?page_id={number}").text
    assert "luxe-picture" not in page
    assert "[luxebrain" not in page


def test_the_editor_shows_the_form(site, shop, connected, ada):
    nonce = re.search(
        r'createNonceMiddleware\( "([0-9a-f]+)"',
        ada.open("/wp-admin/post-new.php").text,
    ).group(1)
    drawn = ada.http.get(
        "/wp-json/wp/v2/block-renderer/luxebrain/visual-search?context=edit",
        headers={"X-WP-Nonce": nonce},
    ).json()["rendered"]
    [opening] = re.findall(r'<div class="luxe-picture__form"[^>]*>', drawn)
    assert "hidden" not in opening
    assert "Search by picture" in drawn


def test_the_shop_hands_a_picture_on_and_draws_its_own_cards(send, shop, connected, pick):  # fmt: skip
    connected.found = [pick("Silk blouse", name="Not the shop's", price="1.00")]
    answer = send(visitor="v1", language="en", limit="4", evil="1")
    assert answer.status_code == 200
    [card] = answer.json()["picks"]
    assert (card["product"], card["name"]) == (shop.ids["Silk blouse"], "Silk blouse")
    assert "price_html" in card
    assert answer.json()["place"] == "picture-search"
    assert "no-store" in answer.headers["Cache-Control"]
    assert connected.pictures == [("image/jpeg", jpeg())]
    assert connected.seen == [f"POST {PICTURE}?visitor=v1&language=en&limit=4"]


@pytest.mark.parametrize(
    "sent", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff" + b"0" * 600_000]
)
def test_it_hands_on_nothing_but_a_small_jpeg(sent, send, connected):
    assert send(sent).status_code == 400
    assert connected.seen == []


def test_it_hands_on_nothing_without_a_picture(send, connected):
    assert send(name="other").status_code == 400
    assert connected.seen == []


@pytest.mark.parametrize(
    ("said", "status"), [(400, 400), (413, 400), (429, 429), (404, 404), (500, 502), (401, 502)]
)  # fmt: skip
def test_it_says_by_its_status_why_there_is_nothing(said, status, send, connected):
    connected.status = said
    answer = send()
    assert answer.status_code == status
    assert answer.json()["code"] == "luxebrain_no_answer"


def test_what_luxebrain_would_never_say_is_dropped(send, connected, pick):
    connected.found = [pick("Silk blouse", url="javascript:alert(1)")]
    assert send().status_code == 502


def test_one_address_may_not_send_without_end(send, connected):
    # A new minute may begin among them.
    answers = [send().status_code for _ in range(61)]
    assert set(answers) == {200, 429}
    assert answers.index(429) >= 30
    assert len(connected.pictures) == answers.count(200)
