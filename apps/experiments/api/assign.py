"""For pages and senders of messages: which variant is this person's?"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Store
from apps.accounts.models.keys import Scope
from apps.accounts.services import customer_token
from apps.accounts.services.callers import PUBLISHABLE, Caller
from apps.accounts.throttles import PageThrottle
from apps.core.errors import NotAllowedError
from apps.core.store_views import LARGEST_ID, StoreView
from apps.experiments.models.experiment import Kind, is_place
from apps.experiments.services.assign import Part, Seat, Who, expose, part_of
from apps.shop.models import Customer

# Each is looked up by itself, while a server waits.
MOST_PEOPLE = 200


class PlaceField(serializers.CharField):
    def __init__(self) -> None:
        super().__init__(
            max_length=80,
            validators=[is_place],
            help_text="Where the difference would be seen: page:cart, message:welcome.",
        )


class AssignQuery(serializers.Serializer[Any]):
    place = PlaceField()
    visitor = serializers.CharField(
        required=False, max_length=64, help_text="As events name the browser."
    )
    token = serializers.CharField(
        required=False,
        max_length=300,
        help_text="Signed by the shop: who is signed in.",
    )
    customer = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST_ID,
        help_text="As in WooCommerce. Not from pages: those show a token.",
    )


class ManyQuery(serializers.Serializer[Any]):
    place = PlaceField()
    customers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        min_length=1,
        max_length=MOST_PEOPLE,
        help_text="As in WooCommerce.",
    )
    exposed = serializers.BooleanField(
        default=False,
        help_text="The message goes out, or would but for the test: they count from now.",
    )


class PartSerializer(serializers.Serializer[Any]):
    held_out = serializers.BooleanField(
        help_text="Left alone on purpose: do what would be done without us."
    )
    config = serializers.DictField(help_text="What the variants mean, put together.")
    tests = serializers.DictField(
        child=serializers.CharField(), help_text="By test, the variant."
    )


class PersonPartSerializer(PartSerializer):
    customer = serializers.IntegerField()


class PartView(StoreView):
    filter_backends = ()
    pagination_class = None
    serializer_class: type[serializers.Serializer[Any]] = PartSerializer
    is_publishable = True
    throttle_classes = (*StoreView.throttle_classes, PageThrottle)


class Assign(PartView):
    needs = {"GET": Scope.STOREFRONT, "POST": Scope.WRITE}

    @extend_schema(parameters=[AssignQuery], responses=PartSerializer)
    def get(self, request: Request) -> Response:
        """Which variants are one person's at a place. Writes nothing: say `expose` once
        the person could really see the difference."""
        said = checked(AssignQuery(data=request.query_params))
        part = part_of(self.store, said["place"], who_of(request, self.store, said))
        return Response(told(part), headers={"Cache-Control": "no-store"})

    @extend_schema(request=ManyQuery, responses=PersonPartSerializer(many=True))
    def post(self, request: Request) -> Response:
        """The same for many customers, for whoever sends messages; not for pages."""
        if is_page(request):
            raise NotAllowedError("A page asks for one person.")
        said = checked(ManyQuery(data=request.data))
        if said["exposed"]:
            refuse_shelf(said["place"])
        known = customers_of(self.store, said["customers"])
        now, found = timezone.now(), []
        for woo_id in dict.fromkeys(said["customers"]):
            who = Who(customer=known.get(woo_id))
            part = part_of(self.store, said["place"], who)
            if said["exposed"]:
                expose(self.store, who, part.seats, now)
            found.append({"customer": woo_id, **told(part)})
        return Response(found)


class Expose(PartView):
    needs = {"POST": Scope.STOREFRONT}

    @extend_schema(request=AssignQuery, responses=PartSerializer)
    def post(self, request: Request) -> Response:
        """From now on this person could see the difference. Again changes nothing; the
        variant is reckoned here, so that no page can name another one."""
        said = checked(AssignQuery(data=request.data))
        refuse_shelf(said["place"])
        if is_page(request):
            refuse_other_than_page(said["place"])
        who = who_of(request, self.store, said)
        part = part_of(self.store, said["place"], who)
        expose(self.store, who, seats_for(request, part), timezone.now())
        return Response(told(part))


def checked(form: serializers.Serializer[Any]) -> dict[str, Any]:
    form.is_valid(raise_exception=True)
    found: dict[str, Any] = form.validated_data
    return found


def is_page(request: Request) -> bool:
    caller: Any = request.auth
    return isinstance(caller, Caller) and caller.kind == PUBLISHABLE


def who_of(request: Request, store: Store, said: dict[str, Any]) -> Who:
    woo_id = customer_token.verify(store, said.get("token", ""), timezone.now())
    if woo_id is None and "customer" in said:
        if is_page(request):
            raise NotAllowedError("A page names the customer by a signed token.")
        woo_id = said["customer"]
    known = {} if woo_id is None else customers_of(store, [woo_id])
    return Who(said.get("visitor", ""), known.get(woo_id or 0))


def customers_of(store: Store, woo_ids: list[int]) -> dict[int, int]:
    """Ours; of a row found to be another person, the person."""
    rows = Customer.objects.of(store).filter(woo_id__in=woo_ids, deleted_at=None)
    return {
        woo_id: merged_into or pk
        for woo_id, pk, merged_into in rows.values_list("woo_id", "pk", "merged_into")
        if woo_id is not None
    }


def refuse_shelf(place: str) -> None:
    if place.partition(":")[0] == Kind.SHELF:
        text = "Who sees a shelf is written down as the shelf is answered."
        raise ValidationError({"place": [text]})


def refuse_other_than_page(place: str) -> None:
    if place.partition(":")[0] != Kind.PAGE:
        raise NotAllowedError("A page tells of its own parts only: page:….")


def seats_for(request: Request, part: Part) -> list[Seat]:
    """Who holds a page's key may invent visitors, and tell only of those left alone:
    holdouts are written down by what we answer ourselves, never on a page's word."""
    if not is_page(request):
        return list(part.seats)
    return [seat for seat in part.seats if not seat.experiment.is_holdout]


def told(part: Part) -> dict[str, Any]:
    return {
        "held_out": part.is_held_out,
        "config": dict(part.config),
        "tests": part.told,
    }
