from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminSelectWidget

from apps.core.merchant_admin import MANAGER, StoreAdmin
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING
from apps.recommendations.models import Kind
from apps.storefront import words
from apps.storefront.admin.previewed import Previewed
from apps.storefront.models import Place, Placement
from apps.storefront.services.defaults import (
    KINDS,
    KINDS_OFFERED,
    TITLES,
    WITHOUT_PICKS,
)
from apps.storefront.services.plans import forget_plans

TURNS = ("first", "second", "third")
OFFERED = [(kind.value, kind.label) for kind in KINDS_OFFERED]


def turn(label: str, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, widget=UnfoldAdminSelectWidget(), **more)


class PlacementForm(forms.ModelForm):  # type: ignore[type-arg]
    store: Any = None

    first = turn(
        "Shows",
        choices=OFFERED,
        help_text="What fills the shelf.",
    )
    second = turn("Then", choices=[("", "Nothing else"), *OFFERED], required=False)
    third = turn(
        "Then",
        choices=[("", "Nothing else"), *OFFERED],
        required=False,
        help_text="Where the one before has too few products, the next one fills up.",
    )

    class Meta:
        model = Placement
        fields = ("is_on", "title", "size")
        labels = {"is_on": "On", "size": "Products"}
        help_texts = {
            "is_on": "Off: nothing of ours stands there.",
            "size": "At most so many, from 1 to 24. Empty: as many as your page asks for.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.instance.place
        if place in WITHOUT_PICKS:
            for name in (*TURNS, "size"):
                self.fields.pop(name, None)
        kinds = self.instance.kinds or (KINDS[place] if place else ())
        for name, kind in zip(TURNS, kinds, strict=False):
            self.initial[name] = kind
        if place == Place.PRICE_LINE:
            self.fields.pop("title", None)
        elif place and "title" in self.fields:
            self.fields[
                "title"
            ].help_text = f"Empty: “{TITLES[place]}”, in the language of the page."

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        kinds = [said.get(name) for name in TURNS if said.get(name)]
        if len(set(kinds)) < len(kinds):
            raise forms.ValidationError("Name each kind of shelf once.")
        if kinds:
            is_default = tuple(kinds) == KINDS[self.instance.place]
            # So that a later, better default reaches who changed nothing.
            self.instance.kinds = [] if is_default else kinds
        return said


@admin.register(Placement)
class PlacementAdmin(Previewed, StoreAdmin):
    page_name = "Placements"
    note = (
        "The places of your shop's pages. The plugin puts them there; here you say "
        "whether something of ours stands in them, and what. A change counts within "
        "five seconds, on copies that WordPress keeps within some minutes."
    )
    change_role = MANAGER
    form = PlacementForm
    list_display = ("place_name", "is_on", "heading", "shows", "how_many")
    list_display_links = ("place_name",)
    list_filter = ("is_on",)
    ordering = ("pk",)
    show_full_result_count = False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        store: Any = request.store  # type: ignore[attr-defined]
        if store is not None and self.has_view_permission(request):
            known = set(Placement.objects.of(store).values_list("place", flat=True))
            missing = [place for place in Place.values if place not in known]
            if missing:
                rows = [Placement(store=store, place=place) for place in missing]
                Placement.objects.bulk_create(rows, ignore_conflicts=True)
        return super().changelist_view(request, extra_context)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        has_picks = obj is not None and obj.place not in WITHOUT_PICKS
        if not self.has_change_permission(request, obj):
            return [
                (None, {"fields": ("place_name", "is_on", "heading", "shows", "size")})
            ]
        shown = ["is_on"]
        if obj is None or obj.place != Place.PRICE_LINE:
            shown.append("title")
        if has_picks:
            shown += [*TURNS, "size"]
        return [(None, {"fields": shown})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("place_name", "heading", "shows", "how_many")

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:  # fmt: skip
        # Declared by the form, but no columns: Django looks for each name in the model.
        names = [n for n in ("is_on", "title", "size") if self.asks(request, obj, n)]
        return super().get_form(request, obj, *args, **{**kwargs, "fields": names})

    def asks(self, request: HttpRequest, obj: Any, name: str) -> bool:
        return any(
            name in part["fields"] for _, part in self.get_fieldsets(request, obj)
        )

    @display(description="Place", ordering="pk")
    def place_name(self, row: Placement) -> str:
        return str(row.get_place_display())

    @display(description="Title")
    def heading(self, row: Placement) -> str:
        return row.title or TITLES.get(row.place, "")

    @display(description="Shows")
    def shows(self, row: Placement) -> str:
        if row.place == Place.PRICE_LINE:
            return "True facts about the product"
        if row.place == Place.PICTURE_SEARCH:
            return "Products that look like a picture"
        if row.place == Place.HOME_HERO:
            return f"A banner, and {Kind.HERO.label.lower()}"
        return words.kinds_of(row.place, row.kinds)

    @display(description="Products")
    def how_many(self, row: Placement) -> str:
        if row.place in WITHOUT_PICKS:
            return NOTHING
        return str(row.size) if row.size else "As the page asks"

    def search_title(self, row: Any) -> str:
        return str(row.get_place_display())

    def may_preview(self, request: HttpRequest, row: Any) -> bool:
        has_shelf = row is not None and row.place not in WITHOUT_PICKS
        return has_shelf and super().may_preview(request, row)

    def preview_places(self, row: Any) -> list[tuple[str, str]]:
        return [(row.place, str(row.get_place_display()))]

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        super().save_model(request, obj, form, change)
        forget_plans(request.store)  # type: ignore[attr-defined]
