"""The outbox before a real LuxeBrain, through a line that misbehaves: every fact is there exactly once."""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sdk.door import Door, Reply, cut, forward, say
from tests.sdk.site import Site as LuxeBrain

pytestmark = [
    pytest.mark.wordpress,
    pytest.mark.slow,
    pytest.mark.xdist_group("wordpress"),
    pytest.mark.enable_socket,
]

VISITOR = "0197a1b2-0000-4000-8000-000000000001"
KEPT = """
import json
from apps.events.models import Event
print(json.dumps([
    [e.type, e.visitor, e.customer_woo_id, e.value and str(e.value), e.properties]
    for e in Event.objects.across_stores().order_by("at", "id")
]))
"""
FLUSH = "return LuxeBrain\\Tracking\\Outbox::flush();"
DUE = "UPDATE wp_luxebrain_outbox SET due_at = due_at - 1000"
ADD = """
for ( $n = 0; $n < $given['count']; $n++ ) {
    $at = (int) ( microtime( true ) * 1000 );
    LuxeBrain\\Tracking\\Outbox::add(
        array( 'type' => 'search', 'query' => $given['run'] . $n, 'id' => LuxeBrain\\Tracking\\Event_Id::make( $at ), 'at' => $at, 'visitor' => 'v' ),
        0 === $n % 2
    );
}
"""


@pytest.fixture(scope="module")
def luxebrain(tmp_path_factory):
    luxebrain = LuxeBrain(tmp_path_factory.mktemp("luxebrain"))
    luxebrain.start()
    yield luxebrain
    luxebrain.kill()


def connect(site, url, key):
    site.php("update_option('luxebrain_settings', $given);", url=url, secret_key=key)


def kept(luxebrain, visitor):
    rows = json.loads(luxebrain.shell(KEPT))
    return [row for row in rows if row[1] == visitor]


def waiting(site):
    return int(
        site.database.sql("SELECT COUNT(*) FROM wp_luxebrain_outbox", "wordpress")
    )


def test_it_tells_a_purchase_that_luxebrain_understands(site, shop, visitor, luxebrain):
    connect(site, luxebrain.url, luxebrain.key)
    visitor.http.cookies.set("luxebrain_visitor", VISITOR)
    visitor.sign_in("ben")
    visitor.http.post(
        "/?wc-ajax=add_to_cart",
        data={"product_id": shop.ids["Linen dress"], "quantity": 2},
    )
    visitor.open(shop.page("checkout"))
    order = visitor.http.post("/?wc-ajax=checkout").json()["order_id"]

    assert site.php(FLUSH) == {"sent": 5, "rejected": 0, "error": ""}

    told = {row[0]: row for row in kept(luxebrain, VISITOR)}
    assert sorted(told) == ["cart", "checkout_start", "custom", "login", "order"]
    assert {row[2] for row in told.values()} == {2}
    assert told["order"][3:] == [
        "99.8000",
        {
            "order": order,
            "items": [
                {"product": shop.ids["Linen dress"], "quantity": 2, "price": 49.9}
            ],
        },
    ]
    assert told["custom"][4] == {
        "name": "order_status",
        "properties": {"order": order, "from": "pending", "to": "on-hold"},
    }


def test_a_page_that_goes_through_the_shop_names_nobody(site, shop, visitor, luxebrain):
    connect(site, luxebrain.url, luxebrain.key)
    visitor.http.cookies.set("luxebrain_visitor", "by-the-shop")
    event = {
        "type": "page_view",
        "customer": 7,
        "visitor": "by-the-shop",
        "id": "a",
        "at": int(time.time() * 1000),
    }

    answer = visitor.http.post(
        "/?rest_route=/luxebrain/v1/track",
        content=json.dumps({"customer": 7, "events": [event]}),
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 200
    assert [row[:3] for row in kept(luxebrain, "by-the-shop")] == [
        ["page_view", "by-the-shop", None]
    ]


def test_every_fact_arrives_once_over_a_bad_line_and_from_two_senders(
    site, shop, luxebrain
):
    send = forward(luxebrain.port)

    def lose_answer(request):
        assert send(request).status == 200
        return Reply(0)

    with Door(send) as door, ThreadPoolExecutor(2) as senders:
        connect(site, door.url, luxebrain.key)
        site.php(ADD, count=1_200, run="line-")
        door.steps.extend(
            [lose_answer, say(503), cut, lose_answer, say(200, b"<p>welcome")]
        )
        for _ in range(12):
            list(senders.map(lambda _: site.php(FLUSH), range(2)))
            site.database.sql(DUE, "wordpress")
            site.php("LuxeBrain\\Breaker::reset();")
            if not waiting(site):
                break

    assert waiting(site) == 0
    found = Counter(row[4]["query"] for row in kept(luxebrain, "v"))
    assert found == Counter(f"line-{n}" for n in range(1_200))
