"""A fake shop in a process of its own: `python -m apps.demo.fake_shop --orders 1000`."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from argparse import ArgumentParser, Namespace

from apps.demo.fake_shop.server import serve
from apps.demo.fake_shop.shop import FakeShop


def read_options(arguments: list[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m apps.demo.fake_shop")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--products", type=int, default=100)
    parser.add_argument("--variations", type=int, default=4, help="of each product")
    parser.add_argument("--customers", type=int, default=200)
    parser.add_argument("--orders", type=int, default=1_000)
    parser.add_argument("--years", type=float, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time-zone", default="America/New_York")
    parser.add_argument("--currency", default="USD")
    parser.add_argument("--key", default="ck_lab")
    parser.add_argument("--secret", default="cs_lab")
    parser.add_argument("--seconds-per-object", type=float, default=0.0)
    parser.add_argument("--parallel-lanes", type=int, default=1)
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    options = read_options(arguments)
    shop = FakeShop(
        time_zone=options.time_zone, currency=options.currency, key=options.key,
        secret=options.secret, seed=options.seed,
    )  # fmt: skip
    shop.fill(
        products=options.products, variations_per_product=options.variations,
        customers=options.customers, orders=options.orders, years=options.years,
    )  # fmt: skip
    shop.quirks.seconds_per_object = options.seconds_per_object
    shop.quirks.parallel_lanes = options.parallel_lanes
    # The rows stay: no collection needs to look at them again.
    gc.freeze()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serve(shop, options.port) as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
