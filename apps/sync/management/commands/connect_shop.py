from __future__ import annotations

import os
from getpass import getpass
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.sync.models import Hook
from apps.sync.services import connect, plugin_codes, reach, sentinel
from apps.sync.woo.advice import plain
from apps.sync.woo.errors import ShopError


class Command(BaseCommand):
    help = (
        "Connects a store to its WooCommerce shop: with keys made there, or with a "
        "code for the plugin (--code)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("store", help="short name of the store")
        parser.add_argument("url", nargs="?", default="", help="address of the shop")
        parser.add_argument(
            "--code", action="store_true", help="make a code to paste into the plugin"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError("There is no store with this short name.")
        if options["code"]:
            self.show_code(store)
            return
        if not options["url"]:
            raise CommandError("Name the shop's address, or ask for a code: --code")
        self.paste(store, options["url"])

    def show_code(self, store: Store) -> None:
        try:
            code = plugin_codes.make(store, None, timezone.now())
        except LuxeBrainError as error:
            raise CommandError(error.message) from error
        minutes = int(plugin_codes.LASTS.total_seconds() // 60)
        self.stderr.write(f"It works once and for {minutes} minutes.")
        self.stdout.write(code)

    def paste(self, store: Store, url: str) -> None:
        """Keys are no arguments: those stand in the shell's history and in the list of
        processes."""
        key = os.environ.get("SHOP_KEY") or getpass("Consumer key (ck_…): ")
        secret = os.environ.get("SHOP_SECRET") or getpass("Consumer secret (cs_…): ")
        now = timezone.now()
        try:
            connection = connect.paste(store, url, key, secret, person=None, at=now)
            sentinel.look(connection, reach.client_of(connection), now)
        except ShopError as error:
            raise CommandError(plain(error)) from error
        except LuxeBrainError as error:
            raise CommandError(error.message) from error
        current_app.send_task("sync.work")
        count = Hook.objects.of(store).count()
        self.stdout.write(
            f"{store.name} is connected to {connection.url} with {count} webhooks. "
            "The first sync begins as soon as a worker is free."
        )
