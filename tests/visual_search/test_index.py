"""Pictures get their rows, once; what is gone loses its own."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from apps.shop.models import Image, Product
from apps.visual_search.models import Look
from apps.visual_search.services import index as indexing
from apps.visual_search.services.describe import MAKER
from apps.visual_search.services.opened import MOST_BYTES
from apps.visual_search.tasks import index as task
from tests.conftest import NOW
from tests.recommendations.goods import product
from tests.visual_search.drawn import BLUE, RED, jpeg

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
FOREVER = NOW + timedelta(days=10_000)


def run(store, at=NOW):
    return indexing.index(store, lambda: at, FOREVER)


@pytest.fixture
def dress(store):
    return product(store, "dress")


def look(store):
    return Look.objects.of(store).get()


def test_it_describes_each_picture_once(store, dress, hang, host):
    hang(dress, jpeg(RED))
    assert (run(store), run(store)) == (1, 0)
    found = look(store)
    assert (found.product, found.color_1, found.maker) == (dress, "red", MAKER)
    assert (found.made_at, found.due_at, found.problem) == (NOW, None, "")
    assert len(host.asked) == 1


def test_it_reads_our_own_copy_before_the_shop_s(store, dress, hang, host, settings, tmp_path):  # fmt: skip
    settings.MEDIA_ROOT = tmp_path
    image = hang(dress, jpeg(BLUE))
    image.file.save("red.jpg", ContentFile(jpeg(RED)))
    assert run(store) == 1
    assert look(store).color_1 == "red"
    assert host.asked == []


def test_it_leaves_out_details_and_what_is_not_sold(store, dress, hang):
    hang(dress, path="/a.jpg", position=2)
    hang(dress, path="/b.jpg", position=3)
    hang(dress, path="/c.jpg", position=999)
    for name, values in {
        "draft": {"status": Product.Status.DRAFT},
        "gone": {"deleted_at": NOW},
    }.items():
        hang(product(store, name, **values))
    assert run(store) == 2


def test_another_picture_at_its_place_is_described_anew(store, dress, hang, host):
    image = hang(dress, jpeg(RED))
    run(store)
    host.pictures["/new.jpg"] = jpeg(BLUE)
    Image.objects.of(store).filter(pk=image.pk).update(url=f"{host.url}/new.jpg")
    assert run(store) == 1
    assert look(store).color_1 == "blue"


@pytest.mark.parametrize("gone", ["image", "image_later", "product"])
def test_what_is_gone_loses_its_row(store, dress, hang, gone):
    image = hang(dress)
    run(store)
    if gone == "image":
        image.delete()
    elif gone == "image_later":
        Image.objects.of(store).update(deleted_at=NOW)
    else:
        Product.objects.of(store).update(deleted_at=NOW)
    assert run(store) == 0
    assert not Look.objects.of(store).exists()


def test_numbers_of_another_maker_are_made_anew(store, dress, hang):
    hang(dress)
    run(store)
    Look.objects.of(store).update(maker="network-1")
    assert run(store) == 1
    assert look(store).maker == MAKER


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((404, {}), "shop_thing_missing"),
        ((403, {}), "shop_not_permitted"),
        ((418, {}), "shop_refused"),
    ],
)
def test_what_will_not_heal_is_asked_for_once(
    store, dress, hang, host, answer, problem
):
    hang(dress, path="/one.jpg")
    host.answers["/one.jpg"] = answer
    assert run(store) == run(store, NOW + timedelta(days=30)) == 0
    assert (look(store).problem, look(store).due_at) == (problem, None)
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        (b"<svg/>", "picture_unreadable"),
        (b"\xff" * (MOST_BYTES + 9), "picture_too_large"),
    ],
)
def test_what_is_no_picture_is_asked_for_once(store, dress, hang, host, sent, problem):
    hang(dress, sent)
    run(store)
    run(store, NOW + timedelta(days=30))
    assert (look(store).problem, look(store).due_at) == (problem, None)
    assert len(host.asked) == 1


def test_a_shop_in_trouble_is_asked_again_later_and_not_for_ever(store, dress, hang, host):  # fmt: skip
    hang(dress, path="/one.jpg")
    host.answers["/one.jpg"] = (500, {})
    at = NOW
    for wait in (10, 40, 160, 640):
        run(store, at)
        assert look(store).due_at == at + timedelta(minutes=wait)
        run(store, at + timedelta(minutes=wait - 1))
        at += timedelta(minutes=wait)
    run(store, at)
    assert (look(store).due_at, look(store).problem) == (None, "shop_broken")
    assert len(host.asked) == 5


def test_a_shop_that_is_well_again_gets_its_picture_described(store, dress, hang, host):
    hang(dress, path="/one.jpg")
    host.answers["/one.jpg"] = (503, {})
    run(store)
    host.answers.clear()
    assert run(store, NOW + timedelta(minutes=10)) == 1
    assert (look(store).problem, look(store).tries) == ("", 0)


def test_it_follows_a_step_or_two_but_no_circle(store, dress, hang, host):
    hang(dress, path="/there.jpg")
    Image.objects.of(store).update(url=f"{host.url}/here.jpg")
    host.answers["/here.jpg"] = (301, {"Location": "/there.jpg"})
    assert run(store) == 1
    host.answers["/there.jpg"] = (302, {"Location": "/here.jpg"})
    Look.objects.of(store).delete()
    assert run(store) == 0
    assert look(store).problem == "shop_unreachable"


def test_it_never_asks_in_our_own_network(store, dress, hang, host, settings):
    settings.SHOPS_MAY_BE_PRIVATE = False
    hang(dress)
    assert run(store) == 0
    assert look(store).problem == "shop_address_unsafe"
    assert host.asked == []


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://x/y", "//", "not one"]
)
def test_an_address_of_no_web_page_is_a_problem_of_that_picture(store, dress, hang, address):  # fmt: skip
    hang(dress)
    Image.objects.of(store).update(url=address)
    other = product(store, "other")
    hang(other)
    assert run(store) == 1
    assert Look.objects.of(store).get(product=dress).problem


def test_two_workers_describe_a_picture_once(store, dress, hang, host):
    """The second looks while the first is at it: its row is claimed."""
    hang(dress, path="/one.jpg")
    indexing.queue(store, NOW)
    first, second = look(store), look(store)
    assert (indexing.claim(first, NOW), indexing.claim(second, NOW)) == (True, False)
    assert run(store) == 0
    # It died: after the lease somebody else does it.
    assert run(store, NOW + indexing.LEASE) == 1


def test_a_picture_that_ends_workers_is_left_alone(store, dress, hang, host):
    hang(dress)
    indexing.queue(store, NOW)
    Look.objects.of(store).update(tries=indexing.MOST_TRIES)
    assert run(store) == 0
    assert look(store).problem == "never_ended"
    assert host.asked == []


def test_a_run_is_bounded_and_the_next_goes_on(store, hang, monkeypatch):
    monkeypatch.setattr(indexing, "AT_ONCE", 2)
    for name in "abc":
        hang(product(store, name))
    assert [run(store), run(store), run(store)] == [2, 1, 0]


def test_no_time_left_means_nothing_begun(store, dress, hang, host):
    hang(dress)
    assert indexing.index(store, lambda: NOW, NOW) == 0
    assert host.asked == []


def test_the_task_does_it_for_every_store(store, other_store, hang):
    for one in (store, other_store):
        hang(product(one, "dress"))
    task()
    assert Look.objects.of(store).get().made_at
    assert Look.objects.of(other_store).get().made_at


def test_the_command_says_what_it_did(store, dress, hang):
    hang(dress)
    hang(product(store, "broken"), b"nothing")
    out = StringIO()
    call_command("describe_pictures", store.slug, stdout=out)
    assert out.getvalue().splitlines() == [
        "1 pictures described.",
        "1 known, 0 waiting to be read again.",
        "1 with a problem: picture_unreadable",
    ]
