"""What a merchant sees: the board, a shelf to try, and why."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from apps.accounts.models import AuditEntry
from apps.decisions.models import Decision, Outcome
from apps.decisions.services import outcomes
from apps.experiments.models import Reading
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services.answer import answer
from apps.recommendations.services.answering.ask import Ask
from apps.registry.models import ModelVersion
from tests.conftest import NOW
from tests.experiments.made import holdout, variant
from tests.recommendations.goods import NEVER, buy, product, shelf, version

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shop(store):
    ShelfSettings.objects.create(store=store, variety=0)
    return [product(store, name) for name in ("Linen dress", "Wool coat", "Silk scarf")]


@pytest.fixture
def client(shop, analyst):
    client = Client()
    client.force_login(analyst)
    return client


def text_of(answer) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_before_any_training_the_board_says_so(client):
    found = text_of(client.get("/admin/picks/board/"))
    assert "Nothing was trained yet. Models learn at night." in found
    assert "No shelf was shown in these days." in found


def test_the_board_tells_how_good_the_champion_is(client, store):
    served = version(store)
    ModelVersion.objects.of(store).filter(pk=served.pk).update(
        metrics={"ndcg_at_10": 0.15, "coverage": 0.4},
        baseline_metrics={"ndcg_at_10": 0.1},
        promoted_at=NOW,
        card={"rivals": {"ease": {"ndcg_at_10": 0.123}, "blend": {"ndcg_at_10": 0.15}}},
    )
    found = text_of(client.get("/admin/picks/board/"))
    assert "+50% against a simple rule" in found
    assert "40%" in found
    assert found.index(">Blend") < found.index(">Ease")
    assert "0.123" in found


def test_the_board_counts_what_shelves_led_to(client, store, shop):
    noon = NOW - timedelta(minutes=5)
    shown = [answer(store, Ask(), noon, NEVER) for _ in range(4)]
    yesterday = answer(store, Ask(), NOW - timedelta(days=1), NEVER)
    for one in (shown[0], shown[1], yesterday):
        outcomes.join((store, one.decision_id), Outcome.Kind.CLICK, str(uuid4()), NOW)
    found = text_of(client.get("/admin/picks/board/"))
    assert ">60.0 %<" in found
    assert "1 Jun" in found
    assert ">50.0 %<" in found


def test_the_board_says_what_leaving_people_alone_has_measured(client, store, shop):
    everything, shelves = holdout(store, 0.5), holdout(store, 0.5, place="shelf")
    holdout(store, 0.5, place="message")
    found = text_of(client.get("/admin/picks/board/"))
    assert found.count("Not known yet") == 2
    figures = {"relative": 0.042, "relative_low": -0.01, "relative_high": 0.09}
    figures["is_judged"] = True
    for days, row, more in ((1, everything, {"relative": 9}), (0, everything, figures)):
        Reading.objects.create(
            store=store, experiment=row, variant=variant(row, "b"), metric=row.metric,
            on=(NOW - timedelta(days=days)).date(), answer="not_known", computed_at=NOW,
            **more,
        )  # fmt: skip
    found = text_of(client.get("/admin/picks/board/"))
    assert ">Worth, measured: all of it<" in found
    assert ">+4.2%<" in found
    assert "between -1.0% and +9.0%, against people left alone" in found
    assert found.count("Not known yet") == 1
    assert shelves.place == "shelf"


def test_a_shelf_left_out_on_purpose_is_no_shelf_shown(client, store, shop):
    holdout(store, 1.0)
    answer(store, Ask(visitor="v"), NOW - timedelta(minutes=5), NEVER)
    found = text_of(client.get("/admin/picks/board/"))
    assert "Left out on purpose" in found
    assert "No shelf was shown in these days." in found


def test_a_shelf_to_try_writes_no_decision(client, store, shop, ada):
    shelf(store, "personal", f"customer:{ada.pk}", shop[1], about=shop[0])
    found = text_of(client.get("/admin/picks/try/", {"who": ada.email.upper()}))
    assert "Goes with Linen dress, which you liked" in found
    assert not Decision.objects.of(store).exists()


def test_it_says_why_a_product_is_missed(client, store, shop, ada):
    buy(store, ada, shop[1], days_ago=3)
    asked = {"who": ada.email, "missing": "wool"}
    found = text_of(client.get("/admin/picks/try/", asked))
    assert "It was bought less than 30 days ago." in found


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"who": "nobody@mail.example"}, "No customer has this e-mail"),
        ({"who": "9" * 30}, "No customer has this e-mail"),
        ({"product": "\u202eno such"}, "No product has this name"),
        ({"kind": "similar"}, "say which one"),
        ({"kind": "content"}, "As a new visitor would see it"),
        ({"kind": "<script>"}, "As a new visitor would see it"),
    ],
)
def test_odd_questions_are_answered_in_words(client, asked, says):
    assert says in text_of(client.get("/admin/picks/try/", asked))


def test_a_customer_s_page_tells_what_is_known(client, store, shop, ada):
    buy(store, ada, shop[2], days_ago=2)
    shelf(store, "rebuy", f"customer:{ada.pk}", shop[0], code="rebuy")
    found = text_of(client.get(reverse("why_customer", args=[ada.pk])))
    assert "Silk scarf" in found
    assert "You bought this before" in found


def test_a_product_s_page_tells_where_it_stands(client, store, shop):
    shelf(
        store,
        "similar",
        f"product:{shop[0].pk}",
        shop[1],
        code="similar",
        about=shop[0],
    )
    found = text_of(client.get(reverse("why_product", args=[shop[0].pk])))
    assert "Similar to Linen dress" in found
    assert "It stands in place" in found


def test_another_store_s_rows_are_unknown(client, other_store):
    theirs = product(other_store, "Theirs")
    assert client.get(reverse("why_product", args=[theirs.pk])).status_code == 404
    assert "No product has this name" in text_of(
        client.get("/admin/picks/try/", {"missing": "Theirs"})
    )


@pytest.mark.parametrize("page", ["board/", "try/", "why/customer/1/"])
def test_strangers_see_nothing(db, page):
    assert Client().get(f"/admin/picks/{page}").status_code == 302


SETTINGS = "/admin/recommendations/shelfsettings/"
CHOSEN = {
    "shelf_size": "6", "variety": "40", "exploration_share": "2.5",
    "bought_days": "10", "fatigue_days": "0",
}  # fmt: skip


@pytest.fixture
def boss(shop, manager):
    boss = Client()
    boss.force_login(manager)
    return boss


def chosen(store):
    row = ShelfSettings.objects.of(store).get()
    return {name: getattr(row, name) for name in CHOSEN}


def test_a_manager_sets_how_shelves_are_filled(boss, store):
    page = boss.get(SETTINGS)["Location"]
    assert 'value="5"' in text_of(boss.get(page))
    assert boss.post(page, CHOSEN).status_code == 302
    assert chosen(store) == {
        "shelf_size": 6, "variety": 0.4, "exploration_share": 0.025, "bought_days": 10,
        "fatigue_days": 0,
    }  # fmt: skip
    assert 'value="2.5"' in text_of(boss.get(page))
    entry = AuditEntry.objects.of(store).latest("pk")
    assert entry.action == "recommendations.shelfsettings.changed"


def test_who_chose_nothing_sees_what_holds(boss, store):
    ShelfSettings.objects.of(store).delete()
    page = boss.get(SETTINGS)["Location"]
    form = boss.get(page).context["adminform"].form
    assert (form["variety"].value(), form["exploration_share"].value()) == ("30", "5")


@pytest.mark.parametrize(
    ("name", "value"),
    [("shelf_size", "0"), ("shelf_size", "51"), ("variety", "101"), ("variety", "nan"),
     ("exploration_share", "51"), ("exploration_share", "-1"), ("bought_days", "731"),
     ("fatigue_days", "91"), ("fatigue_days", "")],
)  # fmt: skip
def test_settings_beyond_their_limits_are_refused(boss, store, name, value):
    before = chosen(store)
    answer = boss.post(boss.get(SETTINGS)["Location"], {**CHOSEN, name: value})
    assert list(answer.context["adminform"].form.errors) == [name]
    assert chosen(store) == before


def test_an_analyst_reads_settings_and_changes_none(client, store):
    page = client.get(SETTINGS)["Location"]
    found = text_of(client.get(page))
    assert "5 %" in found
    assert 'name="variety"' not in found
    before = chosen(store)
    assert client.post(page, CHOSEN).status_code == 403
    assert chosen(store) == before


def test_settings_lead_to_a_shelf_to_try(client):
    found = text_of(client.get(client.get(SETTINGS)["Location"]))
    assert 'href="/admin/picks/try/?kind=personal"' in found
