"""The connection in the admin: who may do what, and what nobody is ever shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import AuditEntry, Store
from apps.sync.models import Connection, Delivery, Notice, Run
from apps.sync.services import pause, runs
from apps.sync.services.notices import open_notice
from tests.backoffice.conftest import signed_in
from tests.conftest import NOW
from tests.sync.conftest import KEY, SECRET

HOME = "/admin/sync/connection/"
PAGES = (
    HOME, "/admin/sync/run/", "/admin/sync/certificate/", "/admin/sync/hook/",
    "/admin/sync/delivery/", "/admin/sync/notice/",
)  # fmt: skip
OTHER_KEY = "ck_" + "8" * 40


@pytest.fixture(autouse=True)
def no_tasks(monkeypatch):
    """Nudges go to the broker; which ones went is told."""
    sent = []
    monkeypatch.setattr("celery.current_app.send_task", sent.append)
    return sent


def row_page(connection):
    return f"{HOME}{connection.pk}/change/"


def paste_form(url, key=KEY, secret=SECRET):
    return {"url": url, "key": key, "secret": secret}


def test_without_a_shop_it_offers_to_connect(store, manager, settings):
    settings.PUBLIC_URL = "https://brain.example"
    page = signed_in(manager).get(HOME).content.decode()
    assert "Connect by approval" in page
    assert "Paste keys" in page


def test_without_https_it_says_why_only_keys_can_be_pasted(store, manager, settings):
    settings.PUBLIC_URL = "http://localhost:8000"
    page = signed_in(manager).get(HOME).content.decode()
    assert "Connect by approval</" not in page
    assert "Yours is http://localhost:8000, so use the plugin, or paste keys." in page


@pytest.mark.parametrize(
    ("platform", "told"),
    [
        ("demo", "The demo shop cannot be connected."),
        ("files", "This store lives on imported files and cannot be connected."),
    ],
)
def test_a_store_that_takes_no_shop_is_offered_none(
    store, manager, settings, platform, told
):
    settings.PUBLIC_URL = "https://brain.example"
    Store.objects.filter(pk=store.pk).update(platform=platform)
    client = signed_in(manager)
    for path in (HOME, f"{HOME}again/"):
        page = client.get(path).content.decode()
        assert "/do/" not in page
        assert path != HOME or told in page
    form = paste_form("https://maison.example")
    page = client.post(f"{HOME}do/paste/", form, follow=True).content.decode()
    assert told in page
    assert not Connection.objects.of(store).exists()


def test_an_analyst_reads_and_changes_nothing(store, analyst, connection):
    client = signed_in(analyst)
    for url in PAGES:
        assert client.get(url, follow=True).status_code == 200, url
    page = client.get(row_page(connection)).content.decode()
    assert "/do/" not in page
    for verb in ("pause", "disconnect", "check", "resume"):
        url = f"{HOME}{connection.pk}/do/{verb}/"
        assert client.post(url).status_code == 403, verb
    assert client.post(f"{HOME}do/paste/", paste_form("x")).status_code == 403
    assert client.post(f"{HOME}do/approve/", {"url": "x"}).status_code == 403
    assert client.post("/admin/sync/run/do/first/").status_code == 403
    doctor = client.post(f"{HOME}{connection.pk}/doctor/")
    assert (doctor.status_code, doctor.url) == (302, row_page(connection))
    connection.refresh_from_db()
    assert connection.status == Connection.Status.ACTIVE


def test_another_store_s_owner_finds_nothing(store, stranger, connection):
    client = signed_in(stranger)
    for path in ("change/", "doctor/", "do/pause/", "do/disconnect/", "do/check/"):
        url = f"{HOME}{connection.pk}/{path}"
        assert client.get(url).status_code == 404, path
        assert client.post(url).status_code == 404, path
    run = Run.objects.of(store).get()
    assert client.get(f"/admin/sync/run/{run.pk}/change/").status_code == 404
    assert client.post(f"/admin/sync/run/{run.pk}/do/stop/").status_code == 404
    assert connection.url not in client.get(HOME).content.decode()
    connection.refresh_from_db()
    assert connection.status == Connection.Status.ACTIVE


def test_a_manager_may_not_disconnect(manager, connection):
    url = f"{HOME}{connection.pk}/do/disconnect/"
    assert signed_in(manager).post(url).status_code == 403


def test_pasting_keys_connects(
    store, manager, fake, no_tasks, django_capture_on_commit_callbacks
):
    client = signed_in(manager)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"{HOME}do/paste/", paste_form(fake.url), follow=True)
    connection = Connection.objects.of(store).get()
    assert answer.redirect_chain[-1][0] == row_page(connection)
    assert no_tasks == ["sync.work", "sync.watch_hooks"]
    entry = AuditEntry.objects.of(store).get(action="shop.connected")
    assert entry.actor == manager


def test_another_currency_is_told_at_once(store, manager, fake):
    fake.currency = "USD"
    form = paste_form(fake.url)
    answer = signed_in(manager).post(f"{HOME}do/paste/", form, follow=True)
    page = answer.content.decode()
    assert "Connected, but its orders count in no sum: see the notice below." in page
    assert "Your shop sells in USD, but this store is kept in EUR." in page


def test_wrong_keys_are_told_in_plain_words(store, manager, fake):
    form = paste_form(fake.url, OTHER_KEY)
    answer = signed_in(manager).post(f"{HOME}do/paste/", form, follow=True)
    page = answer.content.decode()
    assert "Your shop refuses the keys that LuxeBrain was given." in page
    assert OTHER_KEY not in page
    assert not Connection.objects.of(store).exists()


def test_a_bad_form_never_gives_the_secret_back(store, manager):
    form = {"url": "", "key": KEY, "secret": SECRET}
    page = signed_in(manager).post(f"{HOME}do/paste/", form).content.decode()
    assert SECRET not in page


def test_approval_leads_to_the_shop_by_a_link(store, manager, settings):
    """Browsers are told to send forms to us only."""
    settings.PUBLIC_URL = "https://brain.example"
    answer = signed_in(manager).post(f"{HOME}do/approve/", {"url": "maison.example"})
    page = answer.content.decode()
    assert 'href="https://maison.example/wc-auth/v1/authorize?' in page
    assert "for 30 minutes" in page


def test_the_page_shows_seven_letters_of_the_key(owner, connection):
    page = signed_in(owner).get(row_page(connection)).content.decode()
    assert f"…{KEY[-7:]}" in page
    assert KEY not in page
    assert SECRET not in page
    assert connection.hook_token not in page


def test_no_page_shows_what_shoppers_typed(store, owner, connection):
    row = Delivery.objects.create(
        store=store, topic="order.created", body=b'{"email": "ada@mail.example"}',
        digest="x", received_at=NOW, due_at=NOW,
    )  # fmt: skip
    client = signed_in(owner)
    for url in ("/admin/sync/delivery/", f"/admin/sync/delivery/{row.pk}/change/"):
        page = client.get(url).content.decode()
        assert "Order is new" in page
        assert "ada@mail.example" not in page


def test_it_pauses_and_resumes(store, manager, connection, no_tasks):
    client = signed_in(manager)
    client.post(f"{HOME}{connection.pk}/do/pause/")
    assert not Connection.objects.of(store).reachable().exists()
    client.post(f"{HOME}{connection.pk}/do/resume/")
    assert Connection.objects.of(store).reachable().exists()
    actions = (
        AuditEntry.objects.of(store).order_by("pk").values_list("action", flat=True)
    )
    assert list(actions) == ["shop.connected", "shop.paused", "shop.resumed"]


def test_an_owner_disconnects(store, owner, connection):
    answer = signed_in(owner).post(f"{HOME}{connection.pk}/do/disconnect/", follow=True)
    assert "Disconnected. Now revoke the key" in answer.content.decode()
    assert not Connection.objects.of(store).exists()


def test_nothing_is_done_by_get(store, owner, connection):
    client = signed_in(owner)
    for verb in ("pause", "disconnect"):
        client.get(f"{HOME}{connection.pk}/do/{verb}/")
    client.get(f"{HOME}{connection.pk}/doctor/")
    connection.refresh_from_db()
    assert connection.status == Connection.Status.ACTIVE
    assert connection.reached_at is None


def test_forms_need_their_token(store, owner, connection):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    assert client.post(f"{HOME}{connection.pk}/do/pause/").status_code == 403
    assert client.post(f"{HOME}{connection.pk}/doctor/").status_code == 403


def test_the_doctor_page_examines(manager, connection):
    client = signed_in(manager)
    url = f"{HOME}{connection.pk}/doctor/"
    assert "data-begin-now" in client.get(url).content.decode()
    page = client.post(url).content.decode()
    assert "Check again" in page
    assert "The keys are valid." in page
    connection.refresh_from_db()
    assert connection.reached_at is not None


def test_syncs_are_asked_for_and_stopped(
    store, manager, connection, no_tasks, django_capture_on_commit_callbacks
):
    client = signed_in(manager)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/admin/sync/run/do/poll/")
        client.post("/admin/sync/run/do/proof/", {})
    kinds = Run.objects.of(store).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["first", "poll", "proof"]
    assert no_tasks == ["sync.work", "sync.work"]
    run = Run.objects.of(store).get(kind="poll")
    client.post(f"/admin/sync/run/{run.pk}/do/stop/")
    run.refresh_from_db()
    assert run.status == Run.Status.STOPPED


def test_a_run_that_waits_after_an_outage_is_hurried(store, manager, connection):
    client, now = signed_in(manager), timezone.now()
    run = runs.ask(store, Run.Kind.POLL, now)
    assert runs.claim(run, now)
    runs.put_off(run, "The shop does not answer.", now, timedelta(minutes=10))
    assert not runs.claim(run, now)
    client.post("/admin/sync/run/do/poll/")
    assert runs.claim(run, now)
    assert run.attempts == 1


def test_a_run_that_is_worked_on_is_left_to_its_worker(store, manager, connection):
    now = timezone.now()
    run = runs.ask(store, Run.Kind.POLL, now)
    assert runs.claim(run, now)
    signed_in(manager).post("/admin/sync/run/do/poll/")
    assert not runs.claim(run, now)
    run.refresh_from_db()
    assert run.claimed_until == now + runs.LEASE


def test_steps_have_names_for_people(store, manager, sync):
    sync(Run.Kind.FIRST)
    run = sync(Run.Kind.POLL)
    page = signed_in(manager).get(f"/admin/sync/run/{run.pk}/change/").content.decode()
    assert "Orders: what went away" in page
    assert "Orders: in the bin" in page
    assert ":sweep" not in page
    assert ":bin" not in page


def test_nothing_is_asked_of_a_paused_shop(store, manager, connection):
    pause.pause(connection, None, timezone.now())
    answer = signed_in(manager).post("/admin/sync/run/do/poll/", follow=True)
    assert (
        "No shop is connected, or the connection is paused." in answer.content.decode()
    )
    assert not Run.objects.of(store).filter(kind="poll").exists()


def test_home_tells_how_the_connection_is(store, owner, connection):
    page = signed_in(owner).get("/admin/").content.decode()
    assert "Not compared yet" in page
    open_notice(store, "x", "Something to know.", NOW)
    page = signed_in(owner).get("/admin/").content.decode()
    assert "Something to know." in page
    assert Notice.objects.of(store).count() == 1


def test_home_without_a_shop(store, owner):
    assert "Not connected" in signed_in(owner).get("/admin/").content.decode()


def test_the_doctor_is_not_called_all_the_time(manager, connection):
    client = signed_in(manager)
    url = f"{HOME}{connection.pk}/doctor/"
    assert [client.post(url).status_code for _ in range(7)] == [200] * 6 + [302]
