"""The base of every page about rows of a store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, ForeignObjectRel
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from unfold.admin import ModelAdmin

from apps.core.merchant_admin.filters import Related
from apps.core.merchant_admin.panels import Panel
from apps.core.merchant_admin.recording import record
from apps.core.merchant_admin.scope import StoreScope
from apps.core.merchant_admin.verbs import WithVerbs
from apps.core.merchant_admin.widgets import MoneyWidget
from apps.core.money import MoneyField


class KnowsStore:
    """Mixed into forms, so that "unique in the store" is asked before the database
    refuses."""

    store: Any = None
    instance: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.instance.store = self.store

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"store"}


def asked_by(entry: Any) -> str:
    """How a filter is called in the address."""
    if isinstance(entry, tuple):
        return str(entry[0])
    return str(getattr(entry, "parameter_name", entry))


class StoreAdmin(WithVerbs, StoreScope, ModelAdmin):
    """Rows of the chosen store, as far as the role allows.

    A row of another store is not there: 404, whatever the role. `page_name` is what the
    menu calls the page, `note` a sentence above list and form: where the rows come from,
    why they cannot be changed. `empty` stands where no rows are.
    """

    page_name = ""
    note = ""
    empty = "Nothing here yet."
    # Where a verb of a service saves and writes the audit trail itself.
    is_recorded_by_service = False
    view_on_site = False
    list_per_page = 50
    formfield_overrides = {MoneyField: {"widget": MoneyWidget}}
    list_filter_submit = True
    compressed_fields = False
    warn_unsaved_form = True
    list_before_template = "admin/list_top.html"
    change_form_outer_before_template = "admin/row_top.html"
    change_form_outer_after_template = "admin/row_panels.html"

    def panels(self, request: HttpRequest, row: Any) -> Iterable[Panel]:
        """Read-only boxes below the form."""
        return ()

    def page_context(self, row: Any = None) -> dict[str, Any]:
        """The names in the page's head."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
        plural = str(self.opts.verbose_name_plural).capitalize()
        return {
            "note": self.note,
            "page_name": self.page_name or plural,
            "page_url": reverse(name),
            "row_name": self.search_title(row) if row is not None and row.pk else "",
        }

    def search_title(self, row: Any) -> str:
        """A row among what a search found."""
        return str(row)

    def get_urls(self) -> list[URLPattern]:
        return [*self.verb_urls(), *super().get_urls()]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.view_role)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is None:
            raise Http404
        return row

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        """Plain names of relations become filters that know the store."""
        return [
            (entry, Related) if self.is_relation(entry) else entry
            for entry in super().get_list_filter(request)
        ]

    def lookup_allowed(
        self, lookup: str, value: Any, request: HttpRequest | None = None
    ) -> bool:
        """Only what a filter of the page asks. Django lets any own column be asked in
        the address, by which one could spell out an e-mail one may not see."""
        if request is None or not super().lookup_allowed(lookup, value, request):
            return False
        names = [asked_by(entry) for entry in self.get_list_filter(request)]
        return any(
            lookup == name
            or lookup.startswith((f"{name}__", f"{name}_from", f"{name}_to"))
            for name in names
        )

    def is_relation(self, entry: Any) -> bool:
        if not isinstance(entry, str):
            return False
        try:
            field: Field[Any, Any] | ForeignObjectRel | Any
            field = self.opts.get_field(entry)
        except FieldDoesNotExist:
            return False
        return bool(field.is_relation)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        store = request.store  # type: ignore[attr-defined]
        return type("FormOfStore", (KnowsStore, form), {"store": store})

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*(super().get_exclude(request, obj) or []), "store"]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """A merchant deletes one thing at a time, and sees which."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        if not change:
            obj.store = request.store  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: Any
    ) -> None:
        for row in formset.save(commit=False):
            if hasattr(row, "store_id"):
                row.store = request.store  # type: ignore[attr-defined]
            row.save()
        for row in formset.deleted_objects:
            row.delete()
        formset.save_m2m()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        buttons = [(verb, self.verb_url(verb)) for verb in self.list_verbs_for(request)]
        extra = {**self.page_context(), "list_verbs": buttons}
        return super().changelist_view(  # type: ignore[no-any-return]
            request, {**extra, **(extra_context or {})}
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        return super().changeform_view(
            request,
            object_id,
            form_url,
            {"show_save_and_add_another": False, **(extra_context or {})},
        )

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        context |= self.page_context(obj)
        if obj is not None and obj.pk:
            context["panels"] = list(self.panels(request, obj))
            context["verbs"] = [
                (verb, self.verb_url(verb, obj))
                for verb in self.verbs_for(request, obj)
            ]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context = {**self.page_context(row), **(extra_context or {})}
        response: HttpResponse = super().history_view(request, object_id, context)
        return response

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        context = {**self.page_context(), **(extra_context or {})}
        response: HttpResponse = super().delete_view(request, object_id, context)
        return response

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        record(request, obj, "added")
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if not self.is_recorded_by_service:
            record(request, obj, "changed", message)
        return super().log_change(request, obj, message)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        record(request, obj, "deleted")
        super().delete_model(request, obj)
