"""Fields of forms that pick products, categories and brands by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse_lazy
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelect2MultipleWidget,
)

from apps.accounts.models import Store
from apps.shop.models import Category, Product
from apps.storefront.services.checks import MOST_NAMED


class PickWidget(UnfoldAdminSelect2MultipleWidget):
    """Looks up names while one types; holds what is chosen in the order of choosing."""

    def __init__(self, what: str) -> None:
        super().__init__(
            attrs={
                "data-ajax--url": reverse_lazy("storefront_pick", args=[what]),
                "data-ajax--delay": 250,
                "data-placeholder": "Type a name",
                "data-width": "100%",
            }
        )


class PickField(forms.MultipleChoiceField):
    """A list of ids, in the order in which they were chosen."""

    def __init__(self, what: str, **kwargs: Any) -> None:
        super().__init__(required=False, widget=PickWidget(what), **kwargs)
        self.what = what
        self.store: Store | None = None

    def of(self, store: Store | None, named: Iterable[Any]) -> None:
        """Only what is chosen can be drawn; the rest comes by typing."""
        self.store = store
        ids = [int(one) for one in named if str(one).isdecimal() and len(str(one)) < 19]
        names = names_of(store, self.what, ids[:MOST_NAMED])
        self.choices = [
            (str(pk), names.get(pk, f"No longer there ({pk})")) for pk in ids
        ]

    def clean(self, value: Any) -> list[int]:
        chosen = list(dict.fromkeys(str(one) for one in value or ()))
        if len(chosen) > MOST_NAMED:
            raise forms.ValidationError(f"Up to {MOST_NAMED}, please.")
        if any(not one.isdecimal() or len(one) > 18 for one in chosen):
            raise forms.ValidationError("There is no such thing in your shop.")
        ids = [int(one) for one in chosen]
        if self.store is None or set(ids) - set(names_of(self.store, self.what, ids)):
            raise forms.ValidationError(
                "One of these is no longer in your shop: take it out."
            )
        return ids


def names_of(store: Store | None, what: str, ids: Iterable[int]) -> dict[int, str]:
    if store is None:
        return {}
    if what == "products":
        products = Product.objects.of(store).live().filter(pk__in=list(ids))
        return dict(products.values_list("pk", "name"))
    categories = Category.objects.of(store).live().filter(pk__in=list(ids))
    return dict(categories.values_list("pk", "name"))


class BrandsField(forms.MultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminSelect2MultipleWidget(
            attrs={"data-placeholder": "Choose", "data-width": "100%"}
        )
        super().__init__(required=False, widget=widget, **kwargs)

    def of(self, store: Store | None, named: Iterable[str]) -> None:
        known: set[str] = set()
        if store is not None:
            rows = Product.objects.of(store).live().exclude(brand="")
            known = set(rows.values_list("brand", flat=True).distinct()[:2_000])
        self.choices = [
            (one, one) for one in sorted(known | set(named), key=str.casefold)
        ]


class PercentField(forms.FloatField):
    """Kept as a share of one, read and written as percent."""

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminDecimalFieldWidget(attrs={"step": "any"})
        super().__init__(min_value=0, max_value=99, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{100 * value:.6g}" if isinstance(value, float) else value

    def clean(self, value: Any) -> float | None:
        said = super().clean(value)
        return None if said is None else said / 100

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
