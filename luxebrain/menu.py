"""The admin's menu, by the merchant's jobs rather than by tables."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy


def link(title: str, icon: str, name: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}")}


def unfold_settings() -> dict[str, Any]:
    return {
        "SITE_TITLE": "LuxeBrain",
        "SITE_HEADER": "LuxeBrain",
        "SITE_SYMBOL": "neurology",
        "SITE_URL": "/demo/",
        "STYLES": [lambda request: static("admin/merchant.css")],
        "SIDEBAR": {"show_search": True, "navigation": []},
    }
