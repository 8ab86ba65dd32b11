"""A shopper looks for products by a photo."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from tests.wordpress.shelf_brain import DECISION, PICTURE
from tests.wordpress.shelf_browser import PHONE, agree

pytestmark = [
    pytest.mark.wordpress,
    pytest.mark.xdist_group("wordpress"),
    pytest.mark.enable_socket,
]
INPUT, CARDS, STATUS = (
    ".luxe-picture input[type=file]",
    ".luxe-picture__found li .luxe-card__name",
    ".luxe-picture__status",
)


def photo(kind="JPEG", size=(1600, 1200)):
    file = io.BytesIO()
    Image.new("RGB", size, (190, 25, 40)).save(file, kind)
    return {
        "name": f"x.{kind.lower()}",
        "mimeType": "image/x",
        "buffer": file.getvalue(),
    }


@pytest.fixture
def path(site, shop, connected):
    number = site.php(
        "return wp_insert_post(array('post_type' => 'page', 'post_status' => 'publish',"
        " 'post_title' => 'Written', 'post_content' => '[luxebrain_visual_search]'));"
    )
    return f"/?page_id={number}"


def status(page, text):
    page.locator(STATUS).get_by_text(text).or_(page.locator(STATUS, has_text=text)).first.wait_for()  # fmt: skip


def picture_in(body):
    return Image.open(io.BytesIO(body[body.index(b"\xff\xd8\xff") :]))


def test_a_chosen_photo_brings_cards(path, opened, connected, pick):
    connected.found = [
        pick("Silk blouse", name="<img src=x onerror=alert(1)>"),
        pick("Wool coat", regular_price="1500.00"),
        pick("Denim jacket", url="https://evil.example/"),
    ]
    page = opened(path)
    assert connected.seen == []
    assert page.get_by_label("Search by picture").is_visible()

    page.locator(INPUT).set_input_files(photo())

    status(page, "Similar products found: 2")
    assert page.locator(CARDS).all_text_contents() == [
        "<img src=x onerror=alert(1)>",
        "Wool coat",
    ]
    luxe = page.locator(".luxe-picture__found li").nth(1).get_attribute("data-luxe")
    assert json.loads(luxe)["decision"] == DECISION.format(2)
    assert json.loads(luxe)["placement"] == "picture-search"
    [(kind, body)] = connected.pictures
    assert kind.startswith("multipart/form-data")
    assert picture_in(body).size == (512, 384)
    assert b"visitor" not in body
    assert page.faults == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_who_agreed_is_told_as_visitor(path, opened, connected, pick):
    connected.found = [pick("Silk blouse")]
    page = opened(path)
    agree(page)
    visitor = page.evaluate("window.luxebrainAgreed.visitor")

    page.locator(INPUT).set_input_files(photo("PNG"))

    status(page, "Similar products found: 1")
    assert visitor.encode() in connected.pictures[0][1]
    assert visitor not in str(connected.seen)


def test_a_file_that_is_no_picture_is_said_so_and_not_sent(path, opened, connected):
    page = opened(path)

    page.locator(INPUT).set_input_files(
        {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    )

    status(page, "This picture could not be read.")
    assert connected.pictures == []
    assert page.locator(CARDS).count() == 0


def test_luxebrain_in_trouble_is_said_so(path, opened, connected):
    page = opened(path)
    for code, text in {
        400: "This picture could not be read.",
        429: "Please try again in a minute.",
        500: "not available right now",
    }.items():
        connected.status = code
        page.locator(INPUT).set_input_files(photo())
        status(page, text)


def test_nothing_alike_is_said_so(path, opened, connected):
    page = opened(path)
    page.locator(INPUT).set_input_files(photo())
    status(page, "Nothing like it was found.")
    assert page.locator(".luxe-picture__found").is_hidden()


def test_it_goes_through_the_shop_where_browsers_may_not_ask(
    path, opened, connected, pick
):
    connected.allows_browsers = False
    connected.found = [pick("Silk blouse")]
    page = opened(path)

    page.locator(INPUT).set_input_files(photo())

    status(page, "Similar products found: 1")
    assert page.locator(CARDS).all_text_contents() == ["Silk blouse"]
    assert [path.split("?")[0] for path in connected.seen] == [f"POST {PICTURE}"] * 2
    assert connected.pictures[1][0] == "image/jpeg"


def test_without_javascript_there_is_no_form(path, opened):
    page = opened(path, java_script_enabled=False)
    assert page.locator(".luxe-picture__form").is_hidden()


def test_it_fits_a_phone_and_reads_from_the_right(path, opened, connected, pick):
    connected.found = [
        pick(name) for name in ("Silk blouse", "Wool coat", "Denim jacket")
    ]
    page = opened(path, width=PHONE)
    page.evaluate("document.documentElement.dir = 'rtl'")

    page.locator(INPUT).focus()
    page.locator(INPUT).set_input_files(photo())
    status(page, "Similar products found: 3")

    first, second = (
        page.locator(".luxe-picture__found li").nth(at).bounding_box()["x"]
        for at in (0, 1)
    )
    assert first > second
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
