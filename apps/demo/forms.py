"""What a visitor of the storefront may send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

NEWS_VERSION = "2026-06"
NEWS_TEXT = _(
    "Yes, send me news and offers of this demo shop by e-mail. I can stop this at any "
    "time by the link in each e-mail."
)
COUNTRIES = [
    ("AE", _("United Arab Emirates")),
    ("SA", _("Saudi Arabia")),
    ("QA", _("Qatar")),
    ("KW", _("Kuwait")),
    ("EG", _("Egypt")),
    ("DE", _("Germany")),
    ("AT", _("Austria")),
    ("FR", _("France")),
    ("IT", _("Italy")),
    ("ES", _("Spain")),
    ("NL", _("Netherlands")),
    ("PL", _("Poland")),
    ("SE", _("Sweden")),
    ("GB", _("United Kingdom")),
    ("US", _("United States")),
]
SORTS = [
    ("", _("Newest")),
    ("price", _("Price, low to high")),
    ("-price", _("Price, high to low")),
    ("reduced", _("Biggest reduction")),
    ("name", _("Name")),
]


class WordsField(forms.MultipleChoiceField):
    """Several short texts: a size or color that nobody sells finds nothing."""

    def valid_value(self, value: Any) -> bool:
        return len(str(value)) <= 60 and "\x00" not in str(value)


class FilterForm(forms.Form):
    """Of a wrong filter nothing remains; the others stay."""

    size = WordsField(required=False)
    color = WordsField(required=False)
    low = forms.DecimalField(
        required=False, min_value=0, max_digits=8, decimal_places=2
    )
    high = forms.DecimalField(
        required=False, min_value=0, max_digits=8, decimal_places=2
    )
    stock = forms.BooleanField(required=False)
    sale = forms.BooleanField(required=False)
    sort = forms.ChoiceField(required=False, choices=SORTS)

    def given(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class SearchForm(forms.Form):
    q = forms.CharField(required=False, max_length=80)


class AddForm(forms.Form):
    variant = forms.IntegerField(
        min_value=1,
        max_value=2**62,
        error_messages={"required": _("Please choose a size.")},
    )
    quantity = forms.IntegerField(min_value=1, max_value=10_000, initial=1)


class LineForm(forms.Form):
    variant = forms.IntegerField(min_value=1, max_value=2**62)
    quantity = forms.IntegerField(min_value=0, max_value=10_000)


class CouponForm(forms.Form):
    code = forms.CharField(required=False, max_length=40)


class PersonForm(forms.Form):
    customer = forms.IntegerField(min_value=1, max_value=2**62)


class ConsentForm(forms.Form):
    choice = forms.ChoiceField(choices=[("all", "all"), ("none", "none")])


class CheckoutForm(forms.Form):
    token = forms.UUIDField(widget=forms.HiddenInput)
    first_name = forms.CharField(label=_("First name"), max_length=100)
    last_name = forms.CharField(label=_("Last name"), max_length=100)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES)
    city = forms.CharField(label=_("City"), max_length=100)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    wants_news = forms.BooleanField(label=NEWS_TEXT, required=False)

    AUTOCOMPLETE = {
        "first_name": "given-name",
        "last_name": "family-name",
        "email": "email",
        "country": "country",
        "city": "address-level2",
        "postcode": "postal-code",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in self.AUTOCOMPLETE.items():
            self.fields[name].widget.attrs["autocomplete"] = value
        self.fields["email"].widget.attrs["dir"] = "ltr"

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()
