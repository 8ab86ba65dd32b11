from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import UnfoldAdminImageFieldWidget, UnfoldAdminSelectWidget

from apps.core.errors import InvalidInputError
from apps.core.merchant_admin import MANAGER, Cell, Panel, StoreAdmin
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import share
from apps.events.services.analytics.span import Span, last_days
from apps.outcomes.services.banners import of_copies, of_people
from apps.storefront.admin.rules import STATES
from apps.storefront.models import Banner
from apps.storefront.services.hero import banner_for, forget_banners
from apps.storefront.services.links import problem_of
from apps.storefront.services.pictures import cleaned_picture
from apps.storefront.services.segments import CHOICES, name_of


class BannerForm(forms.ModelForm):  # type: ignore[type-arg]
    store: Any = None

    segment = forms.ChoiceField(
        label="For whom",
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text="Whoever is in no group with a banner of its own sees the one for "
        "everybody. A customer is in one group by what they spent and in one that is "
        "learned: of banners for both, the turn decides.",
    )
    picture = forms.FileField(
        label="Picture",
        required=False,
        widget=UnfoldAdminImageFieldWidget(),
        help_text="JPEG, PNG or WebP, up to 5 MB; wide ones suit best. Empty: the "
        "picture of the product.",
    )

    class Meta:
        model = Banner
        fields = (
            "heading", "text", "label", "picture", "product", "url", "segment", "is_on",
            "starts_at", "ends_at", "position",
        )  # fmt: skip
        labels = {
            "label": "On the button",
            "url": "Leads to",
            "is_on": "On",
            "starts_at": "From",
            "ends_at": "Until",
            "position": "Turn",
        }
        help_texts = {
            "label": "Empty: the whole banner is the link.",
            "url": "An address of your shop, like /sale. Empty: to the product.",
            "product": "Its picture and its page, where you give none. Once it is sold "
            "out or hidden, the banner rests.",
            "position": "Of several for the same people, the smallest number is shown.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "segment" in self.fields:
            own = self.instance.segment
            known = [name for name, _ in CHOICES]
            bygone = [] if own in known else [(own, f"{own} (no longer known)")]
            self.fields["segment"].choices = [*CHOICES, *bygone]  # type: ignore[attr-defined]

    def clean_url(self) -> str:
        address = str(self.cleaned_data["url"]).strip()
        if address and (problem := problem_of(address)):
            raise forms.ValidationError(problem)
        return address

    def clean_picture(self) -> Any:
        sent = self.cleaned_data["picture"]
        if not sent or sent == self.instance.picture:
            return sent
        try:
            return cleaned_picture(sent, sent.name)
        except InvalidInputError as error:
            raise forms.ValidationError(error.message) from error

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        start, end = said.get("starts_at"), said.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", "This comes before the start.")
        return said


def clicks_on(banner: Banner, span: Span) -> Panel:
    copies = of_copies(span, banner.pk)
    rows = [
        (
            name_of(one.segment),
            Cell(f"{one.shown:,}", is_number=True),
            Cell(f"{one.clicked:,}", is_number=True),
            Cell(share(one.clicked, one.shown), is_number=True),
        )
        for one in of_people(span)
        if one.banner == banner.pk
    ]
    return Panel(
        f"Shown and clicked, last {len(span.days)} days",
        ("To whom", "Shown", "Clicked", "Share"),
        rows,
        note=f"Clicks on copies of pages, which are the same for all: {copies:,}. How "
        "often those are shown, nobody counts.",
        empty="Nobody known was shown it in these days.",
    )


@admin.register(Banner)
class BannerAdmin(StoreAdmin):
    page_name = "Banners"
    note = "What the top of your home page shows, to everybody or to one group of customers."
    empty = "No banner yet: the top of your home page stays your theme's."
    add_role = change_role = delete_role = MANAGER
    form = BannerForm
    autocomplete_fields = ("product",)
    list_display = ("heading", "for_whom", "state", "position")
    list_filter = ("is_on",)
    search_fields = ("heading", "text")
    ordering = ("position", "pk")
    fieldsets = (
        (None, {"fields": ("heading", "text", "label")}),
        ("Picture and link", {"fields": ("picture", "product", "url")}),
        ("For whom and when", {"fields": ("segment", "is_on", "starts_at", "ends_at", "position")}),
    )  # fmt: skip

    @display(description="For whom", ordering="segment")
    def for_whom(self, row: Banner) -> str:
        return name_of(row.segment)

    @display(description="State", label=STATES)
    def state(self, row: Banner) -> str:
        now = timezone.now()
        if not row.is_on:
            return "Off"
        if row.is_in_force(now):
            return "In force"
        return "Over" if row.ends_at and row.ends_at <= now else "To come"

    def panels(self, request: HttpRequest, row: Banner) -> Iterable[Panel]:
        store, now = request.store, timezone.now()  # type: ignore[attr-defined]
        found = [(name, banner_for(store, segment, now)) for segment, name in CHOICES]
        yield Panel(
            "Who sees what now",
            ("For whom", "Banner"),
            [(name, hero.heading if hero else "None") for name, hero in found],
        )
        if row.pk:
            yield clicks_on(row, last_days(store, now))

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        super().save_model(request, obj, form, change)
        forget_banners(request.store)  # type: ignore[attr-defined]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        forget_banners(request.store)  # type: ignore[attr-defined]
