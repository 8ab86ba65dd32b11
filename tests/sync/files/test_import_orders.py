"""Orders from a file: whole or not at all, whatever else is known."""

from __future__ import annotations

from decimal import Decimal

from apps.shop.models import Customer, Order, OrderLine, Refund
from tests.sync.files.conftest import ndjson, problems, take

HEAD = "id,placed_at,total,email,line_id,product_id,line_name,line_sku,line_quantity,line_total\n"
ORDER = HEAD + (
    "9,2026-05-01T12:00:00,30.00,ada@mail.example,91,7,Silk scarf,SC-1,1,10\n"
    "9,2026-05-01T12:00:00,30.00,ada@mail.example,92,8,Linen dress,DR-1,2,20\n"
)


def lines(store):
    found = OrderLine.objects.of(store).order_by("woo_id")
    return [(x.woo_id, x.name, x.quantity, x.product and x.product.name) for x in found]


def test_it_keeps_lines_of_unknown_products_as_text_and_makes_a_guest(atelier):
    row = take(atelier, "orders", ORDER)
    order = Order.objects.of(atelier).get()
    assert row.counts == {"created": 1}
    assert (order.number, order.status, order.currency) == ("9", "completed", "EUR")
    assert order.placed_at.isoformat() == "2026-05-01T10:00:00+00:00"
    assert (order.customer.email, order.customer.is_guest) == ("ada@mail.example", True)
    assert lines(atelier) == [(91, "Silk scarf", 1, None), (92, "Linen dress", 2, None)]


def test_it_ties_lines_to_products_once_they_are_known(atelier):
    take(atelier, "orders", ORDER)
    take(atelier, "products", "id,name,cost\n7,Silk scarf,4\n")
    assert take(atelier, "orders", ORDER).counts == {"updated": 1}
    assert lines(atelier) == [
        (91, "Silk scarf", 1, "Silk scarf"),
        (92, "Linen dress", 2, None),
    ]
    assert take(atelier, "orders", ORDER).counts == {"unchanged": 1}


def test_it_gives_new_lines_the_cost_of_now(atelier):
    take(atelier, "products", "id,name,cost\n7,Silk scarf,4\n")
    take(atelier, "orders", ORDER)
    assert OrderLine.objects.of(atelier).get(woo_id=91).unit_cost == Decimal(4)


def test_it_finds_products_by_sku_where_the_file_has_no_ids(atelier):
    take(
        atelier,
        "products",
        "id,name,sku\n7,Silk scarf,SC-1\n8,Dress,TWICE\n9,Dress,TWICE\n",
    )
    text = (
        "id,placed_at,total,line_name,line_sku,line_quantity,line_total\n"
        "9,2026-05-01,30,Scarf,SC-1,1,10\n9,2026-05-01,30,Dress,TWICE,1,20\n"
    )
    take(atelier, "orders", text)
    found = OrderLine.objects.of(atelier).order_by("pk")
    assert [(x.product and x.product.woo_id, x.woo_id) for x in found] == [
        (7, None),
        (None, None),
    ]
    assert take(atelier, "orders", text).counts == {"unchanged": 1}


def test_it_knows_the_customer_by_id_before_the_address(atelier):
    take(atelier, "customers", "id,email\n5,ada@mail.example\n")
    head = "id,placed_at,total,customer_id,email\n"
    take(
        atelier,
        "orders",
        head
        + "9,2026-05-01,30,5,other@mail.example\n10,2026-05-01,30,6,ben@mail.example\n11,2026-05-01,30,6,\n",
    )
    found = Order.objects.of(atelier).order_by("woo_id")
    assert [o.customer and o.customer.email for o in found] == [
        "ada@mail.example", "ben@mail.example", None,
    ]  # fmt: skip


def test_it_counts_when_customers_first_and_last_ordered(atelier):
    take(
        atelier, "orders", ORDER.replace("9,2026", "8,2025") + ORDER.removeprefix(HEAD)
    )
    ada = Customer.objects.of(atelier).get()
    assert (ada.first_ordered_at.year, ada.last_ordered_at.year) == (2025, 2026)


def test_it_refuses_the_whole_order_for_one_bad_line(atelier):
    row = take(atelier, "orders", ORDER.replace(",2,20", ",two,20"))
    assert row.counts == {"refused": 2}
    assert problems(row) == [
        (2, "", "Line 3 of the same order was refused."),
        (3, "line_quantity", "“two” is no whole number."),
    ]
    assert not Order.objects.of(atelier).exists()
    assert not Customer.objects.of(atelier).exists()


def test_it_refuses_an_order_whose_rows_stand_apart_but_for_the_last(atelier):
    first, second = ORDER.removeprefix(HEAD).splitlines()
    other = first.replace("9,", "8,", 1).replace("91", "81")
    row = take(atelier, "orders", "\n".join([HEAD.strip(), first, other, second]))
    assert row.counts == {"created": 2, "refused": 1}
    assert problems(row) == [
        (2, "id", "The same comes again in line 4, and that one counts.")
    ]


def test_it_refuses_another_currency(atelier):
    row = take(
        atelier,
        "orders",
        "id,placed_at,total,currency\n9,2026-05-01,30,USD\n10,2026-05-01,$30,EUR\n",
    )
    assert problems(row) == [
        (2, "currency", "“USD” is not this shop's currency, which is EUR."),
        (3, "total", "“$” is not this shop's currency, which is EUR."),
    ]


def test_it_refuses_an_open_checkout(atelier):
    row = take(
        atelier, "orders", "id,placed_at,total,status\n9,2026-05-01,30,checkout-draft\n"
    )
    assert problems(row) == [(2, "status", "An open checkout is no order yet.")]


def test_it_leaves_lines_alone_that_the_file_does_not_speak_of(atelier):
    take(atelier, "orders", ORDER)
    row = take(
        atelier,
        "orders",
        "id,placed_at,total,status\n9,2026-05-01T12:00:00,30,refunded\n",
    )
    assert row.counts == {"updated": 1}
    assert len(lines(atelier)) == 2
    assert Order.objects.of(atelier).get().customer.email == "ada@mail.example"


def refunded(*refunds):
    return ndjson(
        {"id": 9, "placed_at": "2026-05-01", "total": "30", "line_id": 91, "line_name": "Scarf",
         "line_quantity": 1, "line_total": "30", "refunds": list(refunds)}
    )  # fmt: skip


def test_it_takes_refunds_with_their_lines_and_drops_those_not_listed(atelier):
    money = {"id": 501, "amount": "5.00", "refunded_at": "2026-05-02"}
    goods = {"id": 502, "amount": "10", "refunded_at": "2026-05-03",
             "lines": [{"line_id": 91, "quantity": 1, "total": "10"}]}  # fmt: skip
    take(atelier, "orders", refunded(money, goods), "o.ndjson")
    order = Order.objects.of(atelier).get()
    assert order.refunded_total == Decimal(15)
    assert take(atelier, "orders", refunded(money, goods), "o.ndjson").counts == {
        "unchanged": 1
    }
    assert take(atelier, "orders", refunded(goods), "o.ndjson").counts == {"updated": 1}
    order.refresh_from_db()
    assert order.refunded_total == Decimal(10)
    assert Refund.objects.of(atelier).live().get().lines.get().order_line.woo_id == 91


def test_it_says_what_is_wrong_with_a_refund(atelier):
    row = take(
        atelier,
        "orders",
        refunded({"id": 501, "amount": "-5", "refunded_at": "2026-05-02"}),
        "o.ndjson",
    )
    assert problems(row) == [(1, "refunds", "amount: “-5” is below zero.")]
