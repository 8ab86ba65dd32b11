"""What a caller may say of places, rules and banners."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from apps.accounts.models import Store, User
from apps.accounts.services import audit
from apps.accounts.services.callers import Caller
from apps.core.store_views import LARGEST_ID, SANE_MOMENTS
from apps.shop.models import Product
from apps.storefront.models import Action, Banner, Place, Placement, Rule
from apps.storefront.models.placement import MOST_PICKS
from apps.storefront.models.rule import LEAST_FACTOR, MOST_FACTOR
from apps.storefront.services.checks import MOST_NAMED, problems_of, strangers
from apps.storefront.services.defaults import KINDS_OFFERED, WITHOUT_PICKS
from apps.storefront.services.hero import address_of
from apps.storefront.services.links import LONGEST, problem_of
from apps.storefront.services.segments import CHOICES

TIMES = ("starts_at", "ends_at")
MOST_POSITION = 1_000_000


def note(request: Request, action: str, store: Store, subject: str) -> None:
    person = request.user if isinstance(request.user, User) else None
    label = "" if person else cast(Caller, request.auth).name
    audit.record(action, store=store, actor=person, actor_label=label, subject=subject)


def ids_field(about: str) -> serializers.ListField:
    child = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    return serializers.ListField(
        child=child, required=False, max_length=MOST_NAMED, help_text=about
    )


class MomentField(serializers.DateTimeField):
    """Of years that every database can hold, in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, allow_null=True, default_timezone=UTC,
            validators=SANE_MOMENTS, **kwargs,
        )  # fmt: skip

    def enforce_timezone(self, value: datetime) -> datetime:
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")


class PlacementSerializer(serializers.ModelSerializer[Placement]):
    """`kinds` in turn: the next one fills up where those before have too little. Empty
    `kinds` and `title`: the default ones."""

    place = serializers.ChoiceField(Place.choices, read_only=True)
    title = serializers.CharField(max_length=120, allow_blank=True, required=False)
    kinds = serializers.ListField(
        child=serializers.ChoiceField([(k.value, k.label) for k in KINDS_OFFERED]),
        required=False,
        max_length=5,
    )
    size = serializers.IntegerField(
        min_value=1, max_value=MOST_PICKS, allow_null=True, required=False
    )

    class Meta:
        model = Placement
        fields: tuple[str, ...] = ("place", "is_on", "title", "kinds", "size")

    def validate_kinds(self, kinds: list[str]) -> list[str]:
        if len(set(kinds)) < len(kinds):
            raise serializers.ValidationError("Name each kind once.")
        row = cast(Placement, self.instance)
        if kinds and row.place in WITHOUT_PICKS:
            raise serializers.ValidationError("This place shows no shelf.")
        return kinds


class TimedSerializer(serializers.ModelSerializer[Any]):
    starts_at = MomentField(help_text="From this moment on.")
    ends_at = MomentField(help_text="No longer at this moment.")
    position = serializers.IntegerField(
        min_value=0, max_value=MOST_POSITION, required=False
    )

    @property
    def store(self) -> Store:
        return cast(Store, self.context["view"].store)

    def merged(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """With what the row says already."""
        names = [str(name) for name in self.get_fields() if name != "picture"]
        known = (
            {name: getattr(self.instance, name) for name in names}
            if self.instance
            else {}
        )
        return {**known, **said}


class RuleSerializer(TimedSerializer):
    """Which products: `products`, `categories` (with those below), `brands`, `new_days`;
    a product must fit each that is said, and within one of them any. `places` empty:
    everywhere. Ids are those of this API."""

    action = serializers.ChoiceField(Action.choices)
    places = serializers.ListField(
        child=serializers.ChoiceField(
            [one for one in Place.choices if one[0] not in WITHOUT_PICKS]
        ),
        required=False,
        max_length=len(Place.values),
    )
    products = ids_field("Of pin: in this order.")
    categories = ids_field("With those below them.")
    brands = serializers.ListField(
        child=serializers.CharField(max_length=100),
        required=False,
        max_length=MOST_NAMED,
    )
    factor = serializers.FloatField(
        min_value=LEAST_FACTOR, max_value=MOST_FACTOR, allow_null=True, required=False,
        help_text="Of boost above 1, of bury below.",
    )  # fmt: skip
    margin = serializers.FloatField(
        min_value=0, max_value=0.99, allow_null=True, required=False,
        help_text="Share of the price left after the unit cost; unknown costs pass.",
    )  # fmt: skip

    class Meta:
        model = Rule
        fields: tuple[str, ...] = (
            "id", "name", "action", "is_on", "places", "position", "starts_at", "ends_at",
            "products", "categories", "brands", "new_days", "factor", "most",
            "price_from", "price_to", "margin",
        )  # fmt: skip
        read_only_fields = ("id",)

    def validate_action(self, action: str) -> str:
        if self.instance and cast(Rule, self.instance).action != action:
            raise serializers.ValidationError("Write another rule for another action.")
        return action

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        problems = dict(problems_of(self.merged(said)))
        named = strangers(
            self.store, said.get("products", ()), said.get("categories", ())
        )
        for name, unknown in named.items():
            if unknown:
                listed = ", ".join(map(str, unknown[:10]))
                problems[name] = f"Not in this store: {listed}."
        if problems:
            raise serializers.ValidationError(problems)
        for name in {"products", "categories", "brands", "places"} & set(said):
            said[name] = list(dict.fromkeys(said[name]))
        return said


class BannerSerializer(TimedSerializer):
    """A picture of its own is uploaded in the admin; `product` lends its picture and its
    address where the banner has none."""

    segment = serializers.ChoiceField(
        CHOICES, required=False, allow_blank=True, help_text="Empty: everybody."
    )
    url = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True)
    product = serializers.PrimaryKeyRelatedField(
        queryset=Product.objects.none(), required=False, allow_null=True,
        help_text="By its id in this API.",
    )  # fmt: skip
    picture = serializers.SerializerMethodField()

    class Meta:
        model = Banner
        fields: tuple[str, ...] = (
            "id", "heading", "text", "label", "url", "picture", "product", "segment",
            "is_on", "position", "starts_at", "ends_at",
        )  # fmt: skip
        read_only_fields = ("id", "picture")

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        if "view" in self.context and not getattr(self.context["view"], "swagger_fake_view", False):  # fmt: skip
            found["product"].queryset = Product.objects.of(self.store).live()  # type: ignore[attr-defined]
        return found

    @extend_schema_field(serializers.CharField())
    def get_picture(self, row: Banner) -> str:
        return address_of(row.picture.name or "") if row.picture else ""

    def validate_url(self, address: str) -> str:
        if address and (problem := problem_of(address)):
            raise serializers.ValidationError(problem)
        return address

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        whole = self.merged(said)
        start, end = (whole.get(name) for name in TIMES)
        if start and end and end <= start:
            raise serializers.ValidationError(
                {"ends_at": "This comes before the start."}
            )
        return said
