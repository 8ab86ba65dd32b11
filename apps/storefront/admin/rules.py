from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
)

from apps.core.merchant_admin import MANAGER, Choice, StoreAdmin
from apps.core.merchant_admin.columns import display
from apps.storefront import words
from apps.storefront.admin.fields import BrandsField, PercentField, PickField
from apps.storefront.admin.previewed import Previewed
from apps.storefront.models import Action, Place, Rule
from apps.storefront.services.checks import FIELDS, problems_of
from apps.storefront.services.defaults import WITHOUT_PICKS
from apps.storefront.services.plans import forget_plans

STATES: dict[str, str | None] = {
    "In force": "success", "Off": "info", "To come": "warning", "Over": "info",
}  # fmt: skip
PLACES = [choice for choice in Place.choices if choice[0] not in WITHOUT_PICKS]


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    store: Any = None
    # Set by the admin: what a new rule is to do.
    action = ""

    places = forms.MultipleChoiceField(
        label="Where",
        choices=PLACES,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text="Tick none, and the rule holds everywhere.",
    )
    products = PickField("products", label="Products")
    categories = PickField(
        "categories",
        label="Categories",
        help_text="With all categories below them.",
    )
    brands = BrandsField(label="Brands")
    factor = forms.TypedChoiceField(
        label="How much", coerce=float, empty_value=None,
        widget=UnfoldAdminSelectWidget(),
        help_text="Beside what your customers like, this counts so much.",
    )  # fmt: skip
    margin = PercentField(
        label="Left of the price after its cost, in percent, at least",
        help_text="40 means: of a price of 100 at least 40 are left. Products whose cost nobody "
        "wrote down are shown all the same.",
    )

    class Meta:
        model = Rule
        fields = (
            "name", "is_on", "places", "position", "starts_at", "ends_at", "products",
            "categories", "brands", "new_days", "factor", "most", "price_from", "price_to",
            "margin",
        )  # fmt: skip
        labels = {
            "is_on": "In force",
            "new_days": "In your shop for so many days at most",
            "most": "At most",
            "price_from": "From",
            "price_to": "Up to",
            "starts_at": "From",
            "ends_at": "Until",
            "position": "Turn",
        }
        help_texts = {
            "name": "What your team will call it.",
            "position": "Of two rules that show products first, the one with the smaller "
            "number goes first.",
            "new_days": "30: only what came in the last 30 days.",
            "most": "Products on one shelf.",
            "starts_at": "Empty: from now on. In your store's time.",
            "ends_at": "Empty: until you switch it off.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        action = self.instance.action or self.action
        self.instance.action = action
        wanted = FIELDS.get(action, ())
        for name in {field for fields in FIELDS.values() for field in fields}:
            if name not in wanted:
                self.fields.pop(name, None)
        for name in ("products", "categories"):
            if name in self.fields:
                self.fields[name].of(self.store, self.named(name))  # type: ignore[attr-defined]
        if "brands" in self.fields:
            # What was sent is no reason to believe in a brand.
            self.fields["brands"].of(self.store, self.instance.brands)  # type: ignore[attr-defined]
        if "factor" in self.fields:
            self.fields["factor"].choices = self.strengths()  # type: ignore[attr-defined]
        if action == Action.PIN and "products" in self.fields:
            self.fields["products"].help_text = "They stand in the order chosen here."

    def named(self, name: str) -> list[Any]:
        """What is chosen now: sent, else kept."""
        if self.is_bound and hasattr(self.data, "getlist"):
            return list(self.data.getlist(self.add_prefix(name)))
        return list(getattr(self.instance, name) or ())

    def strengths(self) -> list[tuple[Any, str]]:
        known = dict(words.STRENGTHS[Action(self.instance.action)])
        own = self.instance.factor
        if own is not None and own not in known:
            known[own] = f"Times {own:g}"
        return [(str(factor), name) for factor, name in known.items()]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        found = problems_of({**said, "action": self.instance.action})
        for name, problem in found.items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, problem)
        return said


@admin.register(Rule)
class RuleAdmin(Previewed, StoreAdmin):
    page_name = "Rules"
    note = (
        "Your word about what shelves show. What is unpublished, sold out or was just "
        "bought never stands on a shelf, whatever a rule says; “Never show” goes before "
        "“Show first”, and that before all others."
    )
    empty = "No rule yet: the shelves show what your customers like."
    add_role = change_role = delete_role = MANAGER
    form = RuleForm
    list_display = ("name", "what", "where", "state", "position")
    list_filter = (("action", Choice), "is_on")
    search_fields = ("name",)
    ordering = ("position", "pk")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        action = obj.action if obj else self.action_of(request)
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": ("name", "what", "where", "state")})]
        return [
            (None, {"fields": (("name", "is_on"),)}),
            (words.ACTIONS[action][1], {"fields": FIELDS[action]}),
            (
                "Where and when",
                {"fields": ("places", "starts_at", "ends_at", "position")},
            ),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("what", "where", "state")

    def action_of(self, request: HttpRequest) -> str:
        said = request.GET.get("action", "")
        return said if said in Action.values else Action.PIN.value

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:  # fmt: skip
        form = super().get_form(request, obj, *args, **kwargs)
        form.action = obj.action if obj else self.action_of(request)
        return form

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """First what the rule is to do; then a form that asks what that takes."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.GET.get("action") in Action.values:
            return super().add_view(request, form_url, extra_context)  # type: ignore[no-any-return]
        context = {
            **self.admin_site.each_context(request),
            **self.page_context(),
            "title": "A new rule",
            "opts": self.opts,
            "actions": [(name, *said) for name, said in words.ACTIONS.items()],
            "note": "",
        }
        return TemplateResponse(request, "admin/storefront/actions.html", context)

    @display(description="What it does")
    def what(self, rule: Rule) -> str:
        return words.what_of(rule)

    @display(description="Where")
    def where(self, rule: Rule) -> str:
        return words.where_of(rule)

    @display(description="State", label=STATES)
    def state(self, rule: Rule) -> str:
        now = timezone.now()
        if not rule.is_on:
            return "Off"
        if rule.is_in_force(now):
            return "In force"
        return "Over" if rule.ends_at and rule.ends_at <= now else "To come"

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        super().save_model(request, obj, form, change)
        forget_plans(request.store)  # type: ignore[attr-defined]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        forget_plans(request.store)  # type: ignore[attr-defined]

    def preview_places(self, row: Rule | None) -> list[tuple[str, str]]:
        first = (row.places if row else None) or [Place.HOME_PICKS.value]
        return sorted(PLACES, key=lambda choice: choice[0] not in first)
