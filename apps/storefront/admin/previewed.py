"""A form beside which stands what it would change."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from apps.shop.models import Product
from apps.storefront.models import Place
from apps.storefront.services.defaults import WITHOUT_PICKS


class Previewed:
    """Mixed into StoreAdmin, before it."""

    opts: Any
    change_form_outer_after_template = "admin/storefront/previewed.html"

    def preview_places(self, row: Any) -> list[tuple[str, str]]:
        return [choice for choice in Place.choices if choice[0] not in WITHOUT_PICKS]

    def may_preview(self, request: HttpRequest, row: Any) -> bool:
        return bool(self.has_change_permission(request, row))  # type: ignore[attr-defined]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        if self.may_preview(request, obj):
            said = {
                "pk": obj.pk if obj else "",
                "action": request.GET.get("action", ""),
            }
            url = reverse("storefront_preview", args=[self.opts.model_name])
            context["preview"] = {
                "url": f"{url}?{urlencode(said)}",
                "places": self.preview_places(obj),
                "has_products": Product.objects.of(request.store).exists(),  # type: ignore[attr-defined]
            }
        return super().render_change_form(request, context, add, change, form_url, obj)  # type: ignore[misc]
