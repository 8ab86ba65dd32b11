"""Puts the admin's home page together: the shop's figures, and how far the demo is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.backoffice.views import home
from apps.demo.models import DemoShop


def page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    store = request.store  # type: ignore[attr-defined]
    demo = DemoShop.objects.of(store).exclude(status=DemoShop.Status.READY).first()
    return {**context, **home.context(request), "demo": demo}
