from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.accounts.models import Store
from apps.registry.models import ModelVersion
from apps.registry.services import training
from tests.conftest import NOW
from tests.registry.brains import KIND, Sales, noisy, sell, steady

pytestmark = pytest.mark.django_db


def train(*arguments):
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("train", KIND, *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue().splitlines(), err.getvalue().strip()


def test_it_trains_and_tells_how_far_it_is(store, learn):
    sell(store, steady())
    code, said, _ = train("--store", "maison")
    assert code == 0
    assert said == [
        f"Maison: {KIND}",
        "  0 %  Reading what was sold",
        " 15 %  Letting windows compete",
        " 60 %  Counting",
        " 88 %  Putting its files away",
        " 92 %  Publishing",
        " 96 %  Publishing",
        "quality: 0.0244, the simple rule 0.0062",
        f"{KIND}#1 (mean) serves now.",
    ]


def test_it_says_why_a_challenger_was_refused(store, learn):
    sell(store, noisy())
    _, said, _ = train("--store", "maison")
    assert said[-1].startswith(
        "The challenger was refused. It is not clearly better than the simple rule"
    )


def test_it_goes_on_after_a_store_that_cannot_learn(store, other_store, learn):
    sell(other_store, steady())
    code, said, error = train()
    assert (code, error) == (1, "Nothing was sold yet.")
    assert f"{KIND}#1 (mean) serves now." in said
    assert ModelVersion.objects.of(other_store).champions().exists()


def test_it_leaves_paused_stores_alone(store, learn):
    Store.objects.filter(pk=store.pk).update(status=Store.Status.PAUSED)
    assert train() == (0, [], "")


def test_it_says_that_one_runs_already(store, learn):
    training.start(store, KIND, timezone.now())
    code, _, error = train("--store", "maison")
    assert (code, error) == (1, f"A training of {KIND} runs already.")


def test_it_learns_as_of_a_moment(store, learn, monkeypatch):
    asked = []
    read = Sales.read
    monkeypatch.setattr(
        Sales, "read", lambda self, of, as_of, tell: asked.append(as_of) or read(self, of, as_of, tell)
    )  # fmt: skip
    sell(store, steady())
    train("--store", "maison", "--as-of", "2026-06-01T12:00")
    train("--store", "maison", "--as-of", "2026-06-01")
    assert asked == [NOW, NOW.replace(hour=0)]


@pytest.mark.parametrize(
    "wrong", [["--store", "nowhere"], ["--as-of", "yesterday"]], ids=["store", "moment"]
)
def test_what_makes_no_sense_is_refused(store, learn, wrong):
    with pytest.raises(CommandError):
        train(*wrong)


def test_a_kind_that_nobody_knows_is_refused(store, learn):
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("train", "numbers.none")
