"""The terminal: copy a shop, look for changes, prove the copy."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.shop.models import Order, Product
from apps.sync.models import Connection, Run, Step
from apps.sync.services import pause, runs

pytestmark = pytest.mark.django_db


class Screen(StringIO):
    def isatty(self):
        return True


@pytest.fixture
def shop(fake, connection):
    fake.fill(products=4, variations_per_product=2, customers=5, orders=130)
    return fake


@pytest.fixture
def command(store):
    """What it wrote, and its exit code."""

    def run(*arguments, out=None):
        out = out or StringIO()
        try:
            call_command("sync_shop", store.slug, *arguments, stdout=out)
        except SystemExit as error:
            return out.getvalue(), error.code
        return out.getvalue(), 0

    return run


def test_it_copies_first_and_then_looks_for_changes(shop, command, store):
    said, code = command()
    assert code == 0
    assert "100 %  products: 4" in said
    assert "100 %  orders: 130" in said
    assert said.endswith("things were new or changed.\n")
    assert Order.objects.of(store).count() == 130
    assert list(Run.objects.of(store).values_list("kind", "status")) == [
        ("first", "done")
    ]
    shop.edit_product(min(shop.truth("products")), name="Other")
    said, code = command()
    assert (code, "products that went" in said) == (0, True)
    assert Product.objects.of(store).filter(name="Other").count() == 1


def test_it_tells_tenths_in_plain_lines(shop, command):
    shop.fill(products=0, customers=0, orders=300)
    shop.quirks.seconds_per_object = 0.003
    said, _ = command("--first")
    lines = [line for line in said.splitlines() if "  orders:" in line]
    assert len(lines) <= 11
    assert "\r" not in said
    assert any(
        " of 430, " in line and " a second" in line and " left" in line
        for line in lines[:-1]
    )


def test_it_moves_one_line_on_a_terminal(shop, command):
    said, code = command("--first", out=Screen())
    assert code == 0
    assert "█" * 24 + " 100 %  orders: 130" in said
    assert "\r" in said


def test_it_proves_and_says_so(shop, command):
    command()
    said, code = command("--proof")
    assert code == 0
    assert "      orders: 130 in the shop, 130 in the copy" in said
    assert said.endswith("Proven equal: shop and copy say the same.\n")


def test_it_names_what_it_repaired(shop, command, store):
    command()
    order = Order.objects.of(store).first()
    Order.objects.of(store).filter(pk=order.pk).update(total=1)
    said, code = command("--proof")
    assert code == 0
    assert f"orders {order.woo_id}: not the same (total), repaired\n" in said
    assert said.endswith("Proven equal, after repairs: what differed was put right.\n")


def test_it_exits_with_1_where_the_proof_differs(shop, command, store):
    """An order that nobody can read."""
    command()
    pk = max(shop.truth("orders"))
    shop.orders[pk].status = ""
    shop.orders.version += 1
    said, code = command("--proof")
    assert code == 1
    assert f"orders {pk}: " in said
    assert ", still so\n" in said
    assert said.endswith("Not equal: some things still differ.\n")


def test_it_speaks_json(shop, command):
    command()
    said, code = command("--proof", "--json")
    found = json.loads(said)
    assert code == 0
    assert (found["kind"], found["status"], found["error"]) == ("proof", "done", "")
    assert (found["proof"]["verdict"], found["proof"]["differences"]) == ("equal", [])
    orders = {"kind": "orders", "shop": 130, "copy": 130}
    assert orders in found["proof"]["compared"]
    steps = {step["name"]: step for step in found["steps"]}
    assert steps["orders"] == {
        "name": "orders", "percent": 100, "seen": 130, "changed": 0, "total": 130,
    }  # fmt: skip


class Impatient(StringIO):
    """Somebody presses Ctrl-C when the orders begin."""

    def write(self, text):
        if "  orders: " in text:
            raise KeyboardInterrupt
        return super().write(text)


def test_it_goes_on_where_it_was_cut_off(shop, command, store):
    said, code = command("--first", out=Impatient())
    assert code == 130
    assert said.endswith("Stopped. Call it again to go on from here.\n")
    run = Run.objects.of(store).free(timezone.now()).get()
    before = Step.objects.of(store).get(run=run, kind="products")
    assert (before.is_done, before.seen) == (True, 4)
    assert command("--first")[1] == 0
    assert Run.objects.of(store).get().pk == run.pk
    seen = Step.objects.of(store).values_list("kind", "seen")
    assert (dict(seen)["products"], dict(seen)["orders"]) == (4, 130)
    assert Order.objects.of(store).count() == 130


def test_it_takes_over_from_a_killed_one_when_its_lease_is_over(shop, command, store):
    run = runs.ask(store, Run.Kind.FIRST, timezone.now())
    assert runs.claim(run, timezone.now())
    said, code = command()
    assert code == 1
    assert said == (
        "Not done yet. Another worker has this run. Call it again, or with --until-done.\n"
    )
    Run.objects.of(store).update(claimed_until=timezone.now() + timedelta(seconds=1.5))
    said, code = command("--until-done")
    assert code == 0
    assert said.count("Another worker has this run; its progress is shown here.") == 1
    assert Order.objects.of(store).count() == 130


def test_it_exits_with_1_where_the_shop_does_not_answer(shop, command, store):
    command()
    shop.quirks.rate_limited_share, shop.quirks.retry_after_seconds = 1.0, 90
    said, code = command()
    assert code == 1
    assert "Not done yet. The shop asks for a pause. Call it again" in said
    assert Run.objects.of(store).filter(status="running").count() == 1


def test_it_waits_until_the_shop_answers(shop, command, store):
    command()
    shop.quirks.rate_limited_share, shop.quirks.retry_after_seconds = 1.0, 31
    Run.objects.of(store).delete()

    class Patient(StringIO):
        """Sees the shop well again, and the pause over."""

        def write(self, text):
            if "Waiting" in text:
                shop.quirks.rate_limited_share = 0.0
                Run.objects.of(store).update(claimed_until=timezone.now())
            return super().write(text)

    said, code = command("--poll", "--until-done", out=Patient())
    assert code == 0
    assert said.count("The shop asks for a pause. Waiting.") == 1


def test_it_exits_with_1_where_the_run_fails(shop, command, store):
    shop.keys.clear()
    said, code = command()
    assert code == 1
    assert said.startswith("Failed.")
    with pytest.raises(CommandError, match="The shop refuses the keys"):
        command()


def test_it_refuses_what_it_cannot_do(store, other_store, command, fake):
    with pytest.raises(CommandError, match="no store with this short name"):
        call_command("sync_shop", "nobody")
    with pytest.raises(CommandError, match="Connect the shop first"):
        command()
    with pytest.raises(CommandError, match="not allowed with argument"):
        command("--first", "--proof")


def test_it_asks_no_paused_shop(shop, command, store, connection):
    pause.pause(connection, None, timezone.now())
    with pytest.raises(CommandError, match="Paused"):
        command()
    assert Connection.objects.of(store).get().status == "paused"
    assert not Product.objects.of(store).exists()
