"""Import and export as CSV, XLSX and JSON, of the chosen store's rows only."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from import_export import resources, widgets
from import_export.admin import ExportMixin, ImportMixin
from import_export.formats import base_formats
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from apps.core.merchant_admin.recording import note
from apps.core.merchant_admin.roles import MANAGER, reaches
from apps.core.merchant_admin.scope import belongs, limit

# A spreadsheet runs a cell that begins so. https://owasp.org/www-community/attacks/CSV_Injection
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")
MAX_IMPORT_ROWS = 20_000


def guard(cell: Any) -> Any:
    """Text that a spreadsheet would run gets an apostrophe before it; numbers stay."""
    if not isinstance(cell, str) or not cell.startswith(DANGEROUS):
        return cell
    return cell if NUMBER.match(cell) else f"'{cell}"


def unguard(cell: Any) -> Any:
    """What `guard` put before a cell goes again when the file comes back."""
    if isinstance(cell, str) and cell.startswith("'") and guard(cell[1:]) == cell:
        return cell[1:]
    return cell


class Guarded:
    def export_data(self, dataset: Any, **kwargs: Any) -> Any:
        rows = [[guard(cell) for cell in row] for row in dataset]
        headers = dataset.headers
        dataset.wipe()
        dataset.headers = headers
        dataset.extend(rows)
        return super().export_data(dataset, **kwargs)  # type: ignore[misc]

    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Any:
        dataset = super().create_dataset(in_stream, **kwargs)  # type: ignore[misc]
        rows = [[unguard(cell) for cell in row] for row in dataset]
        headers = dataset.headers
        dataset.wipe()
        dataset.headers = headers
        dataset.extend(rows)
        return dataset


class CSV(Guarded, base_formats.CSV):
    pass


class XLSX(Guarded, base_formats.XLSX):
    pass


FORMATS = [CSV, XLSX, base_formats.JSON]


class StoreResource(resources.ModelResource):
    """Rows are looked up and made in one store: an id of another store is unknown."""

    def __init__(self, store: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.store = store
        for field in self.fields.values():
            if isinstance(field.widget, widgets.ForeignKeyWidget):
                field.widget = StoreKeyWidget(
                    field.widget.model, field.widget.field, store=store
                )

    def get_queryset(self) -> Any:
        return limit(super().get_queryset(), self.store)

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        if len(dataset) > MAX_IMPORT_ROWS:
            raise ValueError(f"A file may have {MAX_IMPORT_ROWS:,} rows at most.")
        super().before_import(dataset, **kwargs)

    def init_instance(self, row: Any = None) -> Any:
        instance = super().init_instance(row)
        instance.store = self.store
        return instance

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        assert belongs(instance, self.store)
        super().before_save_instance(instance, row, **kwargs)


class StoreKeyWidget(widgets.ForeignKeyWidget):
    def __init__(self, *args: Any, store: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store = store

    def get_queryset(self, value: Any, row: Any, *args: Any, **kwargs: Any) -> Any:
        return limit(super().get_queryset(value, row, *args, **kwargs), self.store)


class Exports(ExportMixin):
    """Mixed into StoreAdmin. An export leaves a row in the audit trail."""

    export_form_class = ExportForm
    export_role: str | None = MANAGER
    formats = FORMATS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **self.page_context()}

    def has_export_permission(self, request: HttpRequest) -> bool:
        return reaches(request, self.export_role)

    def get_export_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> Any:
        return {**kwargs, "store": request.store}  # type: ignore[attr-defined]

    def get_valid_export_item_pks(self, request: HttpRequest) -> list[Any]:
        return list(self.get_queryset(request).values_list("pk", flat=True))

    def get_export_data(
        self, file_format: Any, request: HttpRequest, queryset: Any, **kwargs: Any
    ) -> Any:
        data = super().get_export_data(file_format, request, queryset, **kwargs)
        detail = {"format": file_format.get_extension()}
        note(request, f"{self.opts.label_lower}.exported", "", detail)
        return data


class Imports(ImportMixin, Exports):
    """Also from a file: shown first, then saved whole or not at all."""

    import_export_change_list_template = (
        "admin/import_export/change_list_import_export.html"
    )
    import_form_class = ImportForm
    import_role: str | None = MANAGER

    def has_import_permission(self, request: HttpRequest) -> bool:
        return reaches(request, self.import_role)

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> Any:
        return {**kwargs, "store": request.store}  # type: ignore[attr-defined]

    def process_import(self, request: HttpRequest, **kwargs: Any) -> Any:
        """A file that waited too long is asked for again."""
        try:
            return super().process_import(request, **kwargs)
        except FileNotFoundError:
            messages.error(request, "The file is gone. Please choose it again.")
            return HttpResponseRedirect("../import/")

    def process_result(self, result: Any, request: HttpRequest) -> Any:
        totals = {name: count for name, count in result.totals.items() if count}
        note(request, f"{self.opts.label_lower}.imported", "", totals)
        return super().process_result(result, request)
