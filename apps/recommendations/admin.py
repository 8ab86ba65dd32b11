from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from apps.core.merchant_admin import MANAGER, Cell, OnePerStoreAdmin, Panel, link_cell
from apps.core.merchant_admin.columns import display
from apps.recommendations.models import Kind, ShelfSettings

# Kept as shares of one, read and written as percent.
PERCENT = ("exploration_share", "variety")
# Of what can be tried without naming a product.
TRIED = {
    Kind.PERSONAL: "What each visitor sees first",
    Kind.TRENDING: "What sells lately, the same for everybody",
    Kind.NEW: "By date alone: neither chance nor variety changes it",
}


def percent_field(most: int, **words: str) -> forms.FloatField:
    widget = UnfoldAdminDecimalFieldWidget(attrs={"step": "any"})
    return forms.FloatField(min_value=0, max_value=most, widget=widget, **words)  # type: ignore[arg-type]


def percent(share: float) -> str:
    return f"{100 * share:.6g}"


class ShelfSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    exploration_share = percent_field(
        50,
        label="Places for trying something out, in percent",
        help_text="5 means that one place in twenty shows a product by chance, so that "
        "new ones get seen at all. 0: never. From 0 to 50.",
    )
    variety = percent_field(
        100,
        label="Variety, in percent",
        help_text="0: the best picks, however alike they are. 100: picks as different "
        "from each other as can be. From 0 to 100.",
    )

    class Meta:
        model = ShelfSettings
        fields = (
            "shelf_size", "variety", "exploration_share", "bought_days", "fatigue_days",
        )  # fmt: skip
        labels = {
            "bought_days": "Days without what was just bought",
            "fatigue_days": "Days that a product shown in vain stays back",
        }
        help_texts = {
            "shelf_size": "Where your page does not say how many it wants. "
            "From 1 to 50.",
            "bought_days": "For so long a customer is not shown what they bought. "
            "“Buy it again” waits as long. 0: show it at once. From 0 to 730.",
            "fatigue_days": "What somebody saw again and again without a click moves "
            "back for so long. 0: never moves back. From 0 to 90.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PERCENT:
            self.initial[name] = percent(getattr(self.instance, name))

    def clean_exploration_share(self) -> float:
        return float(self.cleaned_data["exploration_share"]) / 100

    def clean_variety(self) -> float:
        return float(self.cleaned_data["variety"]) / 100


@admin.register(ShelfSettings)
class ShelfSettingsAdmin(OnePerStoreAdmin):
    """One page: how the chosen store's shelves are filled."""

    page_name = "Shelf settings"
    note = "How your shelves are filled. A change counts within five seconds."
    change_role = MANAGER
    form = ShelfSettingsForm
    readonly_fields = ("tried_out", "varied")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Who may only read sees percent, too."""
        if self.has_change_permission(request, obj):
            return ShelfSettingsForm.Meta.fields
        return ("shelf_size", "varied", "tried_out", "bought_days", "fatigue_days")

    @display(description="Places for trying something out")
    def tried_out(self, row: ShelfSettings) -> str:
        return f"{percent(row.exploration_share)} %"

    @display(description="Variety")
    def varied(self, row: ShelfSettings) -> str:
        return f"{percent(row.variety)} %"

    def panels(self, request: HttpRequest, row: ShelfSettings) -> Iterable[Panel]:
        url = reverse("try_a_shelf")
        yield Panel(
            "See what it does",
            ("Try a shelf", "What it shows"),
            [
                (link_cell(kind.label, f"{url}?kind={kind.value}"), Cell(text))
                for kind, text in TRIED.items()
            ],
            note="Save first: a shelf to try is filled as your pages are, but nothing "
            "on it is by chance.",
        )
