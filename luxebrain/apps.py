"""Wiring: the admin site, system checks, error and trace reporting."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "apps.core.merchant_admin.MerchantAdminSite"


class WiringConfig(AppConfig):
    name = "luxebrain"

    def ready(self) -> None:
        from luxebrain import checks, openapi, watching  # noqa: F401

        checks.register_all()
        watching.start()
