"""The merchant's pages about models and trainings."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.registry.models import ModelVersion, TrainingRun
from apps.registry.services import training, versions
from tests.backoffice.conftest import signed_in
from tests.conftest import NOW
from tests.registry.conftest import KIND, later

pytestmark = pytest.mark.django_db
RUNS, MODELS = "/admin/registry/trainingrun/", "/admin/registry/modelversion/"


@pytest.fixture(autouse=True)
def known(settings):
    settings.BRAINS = {KIND: "not.asked.Here"}


def text(answer):
    return " ".join(answer.content.decode().split())


def test_a_manager_trains_a_kind_now(store, manager):
    client = signed_in(manager)
    assert "Recommendations: champion" in text(client.get(f"{RUNS}do/train/"))
    answer = client.post(f"{RUNS}do/train/", {"kind": KIND}, follow=True)
    run = TrainingRun.objects.of(store).get()
    assert (run.kind, run.status, run.trigger) == (KIND, "queued", "person")
    said = "Recommendations: champion is trained as soon as a worker is free."
    assert said in text(answer)
    entry = AuditEntry.objects.of(store).get(action="training.asked")
    assert (entry.actor, entry.subject) == (manager, KIND)


def test_a_model_s_page_trains_its_kind_anew(store, manager, train):
    version = versions.promote(train(), NOW)
    training.start(store, KIND, timezone.now())
    answer = signed_in(manager).post(f"{MODELS}{version.pk}/do/train/", follow=True)
    assert "Recommendations: champion is being trained already." in text(answer)


def test_a_kind_that_nobody_knows_is_no_choice(store, manager, train):
    client = signed_in(manager)
    client.post(f"{RUNS}do/train/", {"kind": "numbers.none"})
    old = train(kind="numbers.gone")
    assert "do/train/" not in text(client.get(f"{MODELS}{old.pk}/change/"))
    assert not TrainingRun.objects.of(store).exists()


def test_an_analyst_trains_nothing(store, analyst, train):
    client, version = signed_in(analyst), train()
    assert client.post(f"{RUNS}do/train/", {"kind": KIND}).status_code == 403
    assert client.post(f"{MODELS}{version.pk}/do/train/").status_code == 403
    assert not TrainingRun.objects.of(store).exists()


def test_a_run_s_page_says_how_far_it_is_and_why_it_began(store, analyst):
    run = training.queue(
        store, KIND, NOW, trigger="watch", reason="Prices have changed (0.41)."
    )
    run = training.claim(store, KIND, NOW)
    training.progress(run, 40, "Letting windows compete", NOW)
    page = text(signed_in(analyst).get(f"{RUNS}{run.pk}/change/"))
    assert 'value="40"' in page
    assert "Letting windows compete" in page
    assert "Prices have changed (0.41)." in page


def test_a_run_s_page_says_why_the_gate_refused(store, analyst, train):
    run = training.start(store, KIND, NOW)
    training.finish(run, versions.refuse(train(), "Not clearly better."), NOW)
    page = text(signed_in(analyst).get(f"{RUNS}{run.pk}/change/"))
    assert "Not clearly better." in page


def test_what_was_forgotten_has_no_way_back(store, manager, train):
    first, second = train(), train()
    versions.promote(first, NOW)
    versions.promote(second, later(days=1))
    client, page = signed_in(manager), f"{MODELS}{second.pk}/change/"
    assert "do/rollback/" in text(client.get(page))
    ModelVersion.objects.of(store).filter(pk=first.pk).update(forgotten_at=NOW)
    assert "do/rollback/" not in text(client.get(page))
    assert "do/promote/" not in text(client.get(f"{MODELS}{first.pk}/change/"))


def test_a_model_s_page_says_how_it_was_judged(analyst, train):
    figures = {"gain": 0.05, "low": 0.0123, "high": 0.09, "ours": 0.3, "theirs": 0.25}
    version = train(card={"against": {"humble": {**figures, "cases": 1234.0}}})
    page = text(signed_in(analyst).get(f"{MODELS}{version.pk}/change/"))
    for said in ("The simple rule", "0.05", "0.0123 and 0.09", "1,234"):
        assert said in page
