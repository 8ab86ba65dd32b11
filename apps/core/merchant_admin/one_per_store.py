"""Settings of which each store has one row: its list is that row's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from apps.core.merchant_admin.store_admin import StoreAdmin


class OnePerStoreAdmin(StoreAdmin):
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        store: Any = request.store  # type: ignore[attr-defined]
        if store is None or not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        row, _ = self.model.objects.of(store).get_or_create(store=store)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[row.pk]))

    def search_title(self, row: Any) -> str:
        return str(self.page_name)
