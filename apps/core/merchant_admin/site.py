"""The admin as the merchant's back office."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from unfold.admin import ModelAdmin
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from apps.core.merchant_admin.store_admin import StoreAdmin

FOUND_ROWS = 5


class SystemAdmin(ModelAdmin):
    """Pages of the machine, not of a store: other packages' tables, for superusers."""

    def may(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(user.is_active and getattr(user, "is_superuser", False))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        named = {"page_name": str(self.opts.verbose_name_plural).capitalize()}
        return super().changelist_view(request, {**named, **(extra_context or {})})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request) and super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request) and super().has_delete_permission(request, obj)


class MerchantAdminSite(UnfoldAdminSite):
    """Every page works in one store, in its time zone; the menu follows the jobs."""

    index_title = "How the shop is doing"
    enable_nav_sidebar = True
    final_catch_all_view = True

    def register(
        self, model_or_iterable: Any, admin_class: Any = None, **options: Any
    ) -> None:
        """Whatever does not know stores, as other packages' pages, is the machine's."""
        if admin_class is None or not issubclass(admin_class, StoreAdmin | SystemAdmin):
            bases = (SystemAdmin, admin_class) if admin_class else (SystemAdmin,)
            admin_class = type("OfTheSystem", bases, {})
        super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The shortcut by content type and id knows no stores, so it leads nowhere."""
        nowhere = path(
            "r/<path:content_type_id>/<path:object_id>/", not_here, name="view_on_site"
        )
        others = [
            known
            for known in super().get_urls()
            if getattr(known, "name", None) != "view_on_site"
        ]
        return [nowhere, *others]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        def in_store(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return answer(request, view, *args, **kwargs)

        in_store.csrf_exempt = getattr(view, "csrf_exempt", False)  # type: ignore[attr-defined]
        return super().admin_view(in_store, cacheable)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        if getattr(request, "store", None) is None:
            context = {**self.each_context(request), "title": "Welcome"}
            return TemplateResponse(request, "admin/no_store.html", context)
        return super().index(request, extra_context)  # type: ignore[no-any-return]

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: Any = None
    ) -> HttpResponse:
        """Apps are how the code is cut, not how a merchant works."""
        return HttpResponseRedirect(reverse("admin:index"))

    def get_log_entries(self, request: HttpRequest) -> Any:
        """Nothing: a person's own entries may be of another store."""
        return super().get_log_entries(request).none()

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Entries name a model ("shop.order"); what the person may not see goes."""
        groups = []
        for group in super().get_sidebar_list(request):
            items = [item for item in group["items"] if self.is_offered(request, item)]
            for item in items:
                if count := self.count_of(request, item):
                    item["badge"] = f"{count:,}"
            if items:
                groups.append({**group, "items": items})
        return groups

    def is_offered(self, request: HttpRequest, item: dict[str, Any]) -> bool:
        if "model" not in item:
            return bool(item["has_permission"])
        found = self.admin_of(item["model"])
        return bool(found and found.has_view_permission(request))

    def count_of(self, request: HttpRequest, item: dict[str, Any]) -> int:
        return int(import_string(item["count"])(request)) if "count" in item else 0

    def admin_of(self, label: str) -> Any:
        return next(
            (
                known
                for model, known in self._registry.items()
                if model._meta.label_lower == label
            ),
            None,
        )

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Pages of the menu, then rows. The theme's own search remembers its answers by
        person, not by store or role."""
        term = request.GET.get("s", "").strip()[:100]
        results = [*self.pages_called(request, term), *self.rows_called(request, term)]
        template = "unfold/helpers/search_results.html"
        return TemplateResponse(request, template, {"results": results})

    def pages_called(self, request: HttpRequest, term: str) -> list[SearchResult]:
        return [
            SearchResult(
                title=str(item["title"]),
                description=str(group.get("title") or "Page"),
                link=str(item["link"]),
                icon=str(item.get("icon") or "tag"),
            )
            for group in self.get_sidebar_list(request)
            for item in group["items"]
            if term and term.lower() in str(item["title"]).lower()
        ]

    def rows_called(self, request: HttpRequest, term: str) -> list[SearchResult]:
        results = []
        for label in settings.UNFOLD["COMMAND"]["search_models"]:
            found = self.admin_of(label)
            if len(term) < 2 or not found.has_view_permission(request):
                continue
            mine = found.model._default_manager.of(request.store)  # type: ignore[attr-defined]
            rows, _ = found.get_search_results(request, mine, term)
            name = f"admin:{label.replace('.', '_')}_change"
            results += [
                SearchResult(
                    title=found.search_title(row),
                    description=str(found.opts.verbose_name).capitalize(),
                    link=reverse(name, args=[row.pk]),
                    icon="tag",
                )
                for row in rows.order_by("-pk")[:FOUND_ROWS]
            ]
        return results


def answer(request: HttpRequest, view: Any, *args: Any, **kwargs: Any) -> Any:
    """In the store's time zone to the last letter; refusals are pages, not bare lines."""
    store = getattr(request, "store", None)
    with timezone.override(store.zone if store else None):
        try:
            response = view(request, *args, **kwargs)
        except PermissionDenied:
            return render(request, "admin/not_allowed.html", status=403)
        if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
            response.render()
    return response


def not_here(
    request: HttpRequest, content_type_id: str, object_id: str
) -> HttpResponse:
    raise Http404
