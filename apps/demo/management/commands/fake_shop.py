from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError
from django.utils import timezone

from apps.accounts.models import Store
from apps.demo.fake_shop.from_world import pour
from apps.demo.fake_shop.server import serve
from apps.demo.fake_shop.shop import FakeShop
from apps.demo.fake_shop.shoppers import Shoppers
from apps.demo.models import DemoShop
from apps.demo.simulator.plan import Plan
from apps.demo.simulator.world import simulate

TICK = 0.02
KEY, SECRET = "ck_" + "demo" * 10, "cs_" + "demo" * 10


class Command(BaseCommand):
    help = "Serve a believable WooCommerce on this machine, to connect LuxeBrain to."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8090)
        parser.add_argument(
            "--store", default="demo", help="whose seed and size to take"
        )
        parser.add_argument("--seed", type=int)
        parser.add_argument("--products", type=int)
        parser.add_argument("--customers", type=int)
        parser.add_argument("--months", type=int)
        parser.add_argument("--every", type=float, default=20, help="seconds between two acts of shoppers; 0 for none")  # fmt: skip
        parser.add_argument("--deliver-every", type=float, default=5, help="seconds between two runs of its cron")  # fmt: skip
        parser.add_argument("--seconds", type=float, help="stop after so long")

    def handle(self, *_: Any, **options: Any) -> None:
        shop = FakeShop(name="Selmira (fake)", time_zone="Asia/Dubai", currency="EUR",
                        key=KEY, secret=SECRET)  # fmt: skip
        plan = self.plan(options)
        self.stdout.write(f"Simulating {plan.months} months of a shop…")
        pour(shop, simulate(plan))
        with serve(shop, options["port"]) as url:
            self.stdout.write(
                f"{len(shop.products)} products, {len(shop.orders)} orders at {url}\n"
                f"Shop address:    {url}\nConsumer key:    {KEY}\nConsumer secret: {SECRET}\n"
                "Paste these where LuxeBrain asks for them. Ctrl-C stops the shop."
            )
            self.stdout.flush()
            self.live(shop, options)

    def plan(self, options: dict[str, Any]) -> Plan:
        """Like the demo shop that is built already, else small enough to start at once."""
        try:
            store = Store.objects.filter(slug=options["store"]).first()
            built = DemoShop.objects.of(store).first() if store else None
        except OperationalError:  # no database yet: the fake needs none
            built = None
        size = {
            "seed": built.seed if built else 7,
            "products": built.product_count if built else 120,
            "customers": built.customer_count if built else 800,
            "months": built.month_count if built else 12,
        }
        asked = {name: options[name] for name in size if options[name] is not None}
        until: date = built.until_on if built else timezone.localdate()
        return Plan(until=until, **{**size, **asked})

    def live(self, shop: FakeShop, options: dict[str, Any]) -> None:
        """Until Ctrl-C: shoppers act, and the shop's cron sends what waits."""
        shoppers, start = Shoppers(shop), time.monotonic()
        act_at, send_at = options["every"], options["deliver_every"]
        try:
            while (now := time.monotonic() - start) < (options["seconds"] or now + 1):
                if options["every"] and now >= act_at:
                    act_at += options["every"]
                    self.stdout.write(shoppers.act())
                    self.stdout.flush()
                if now >= send_at:
                    send_at += options["deliver_every"]
                    shop.run_cron()
                    shop.deliver()
                time.sleep(TICK)
        except KeyboardInterrupt:
            self.stdout.write("The shop is closed.")
