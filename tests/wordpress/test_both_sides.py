"""What the plugin exports is copied, and then both sides' sums are the same."""

from __future__ import annotations

import pytest

from apps.sync.services import digest_days
from apps.sync.services.copy import copy_payloads
from apps.sync.services.kinds import KINDS
from apps.sync.woo.export import FIELDS, batch
from apps.sync.woo.export import lines as read_lines
from tests.wordpress import signed
from tests.wordpress.test_digest import empty

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]
# What is pointed at comes first.
ORDER = ("products", "variations", "customers", "coupons", "orders", "refunds")


@pytest.fixture
def shop(site):
    site.php("activate_plugin('woocommerce/woocommerce.php');")
    signed.connect(site)
    empty(site)
    yield site
    empty(site)


def fill(site) -> None:
    site.php(
        "$p = new WC_Product_Simple(); $p->set_name('Coat'); $p->set_regular_price('18.5');"
        "$p->set_manage_stock(true); $p->set_stock_quantity(7); $p->save();"
        "$d = wp_insert_post(array('post_type' => 'product', 'post_status' => 'draft', 'post_title' => 'Idea'));"
        "$c = new WC_Coupon(); $c->set_code('Ten'); $c->set_amount('12.6'); $c->save();"
        "foreach (array('EUR', 'USD') as $currency) {"
        " $order = wc_create_order(array('customer_id' => 2)); $order->set_currency($currency);"
        " $order->set_address(array('email' => 'ben@mail.example', 'country' => 'DE'));"
        " $order->add_product($p, 3); $order->calculate_totals(); $order->payment_complete();"
        " wc_create_refund(array('order_id' => $order->get_id(), 'amount' => '5.00')); }"
        "$draft = wc_create_order(array('status' => 'checkout-draft'));"
        "$binned = wc_create_order(); $binned->set_total('9'); $binned->save(); $binned->delete();"
    )


@pytest.mark.parametrize("has_tables", ["yes", "no"])
def test_both_sides_sum_up_the_same(shop, store, has_tables):
    shop.php(
        "update_option('woocommerce_custom_orders_table_enabled', $given['is']);",
        **{"is": has_tables},
    )
    currency = shop.php("return get_woocommerce_currency();")
    type(store).objects.filter(pk=store.pk).update(currency=currency)
    store.refresh_from_db()
    fill(shop)

    for kind in ORDER:
        answer = signed.ask(shop, "export", kind=kind, _fields=FIELDS[kind])
        taken = batch(read_lines(answer.content), kind, 0, None)
        copy_payloads(store, KINDS[kind], taken.items)

    for kind in ORDER:
        told = signed.ask(shop, "digest", kind=kind).json()["days"]
        ours = digest_days.ours(store, kind)
        assert [
            [day.isoformat(), one.count, f"{one.total:.4f}", one.digest]
            for day, one in sorted(ours.items())
        ] == told, kind
    assert len(told) == 1
