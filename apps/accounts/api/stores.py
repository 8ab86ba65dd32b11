"""One's stores, and what belongs to a store: team, keys, addresses, usage, audit."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from apps.accounts import serializers as shapes
from apps.accounts import tasks
from apps.accounts.models import (
    ApiKey,
    AuditEntry,
    Membership,
    Role,
    Store,
    StoreOrigin,
    Usage,
    User,
)
from apps.accounts.services import audit, keys, stores, teams
from apps.accounts.services.callers import Caller
from apps.core.errors import ConflictError, NotAllowedError

OWNER_ONLY = {"GET": Role.OWNER, "POST": Role.OWNER, "PATCH": Role.OWNER}


def person(request: Request) -> User | None:
    return request.user if isinstance(request.user, User) else None


class StoresView(mixins.ListModelMixin, GenericViewSet[Store]):
    """The stores one works in."""

    is_storeless = True
    serializer_class = shapes.StoreSerializer
    lookup_field = "slug"
    lookup_url_kwarg = "store_slug"
    queryset = Store.objects.all()

    def get_queryset(self) -> QuerySet[Store]:
        caller = self.request.auth
        if isinstance(caller, Caller) and caller.key_id and caller.store:
            return Store.objects.filter(pk=caller.store.pk)
        return Store.objects.filter(memberships__user_id=person_id(self.request))

    def retrieve(self, request: Request, store_slug: str) -> Response:
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=shapes.StoreSerializer)
    def create(self, request: Request) -> Response:
        """Open a store and own it."""
        owner = person(request)
        if owner is None:
            raise NotAllowedError("A person opens a store, a key does not.")
        shape = self.get_serializer(data=request.data)
        shape.is_valid(raise_exception=True)
        values = dict(shape.validated_data)
        name, url = values.pop("name"), values.pop("url", "")
        store = stores.open_store(name=name, owner=owner, url=url, settings=values)
        return Response(self.get_serializer(store).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.StoreChangeSerializer)
    def partial_update(self, request: Request, store_slug: str) -> Response:
        store = self.get_object()
        check_owner(request, store)
        shape = shapes.StoreChangeSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        changed = stores.change(store, shape.validated_data, actor=person(request))
        return Response(self.get_serializer(changed).data)


def person_id(request: Request) -> int:
    """0, which nobody has, for a key."""
    caller = request.auth
    return (caller.user_id or 0) if isinstance(caller, Caller) else 0


def check_owner(request: Request, store: Store) -> None:
    """The header may name another of one's stores, so the role is looked up here."""
    owners = Membership.objects.filter(store=store, role=Role.OWNER)
    if not owners.filter(user_id=person_id(request)).exists():
        raise NotAllowedError("Only an owner may do this.")


class OfStore(GenericViewSet[Any]):
    """Rows of the store in the address; only its owners see them.

    A store that is not one's own is not there.
    """

    is_storeless = True
    roles = OWNER_ONLY

    @property
    def store(self) -> Store:
        mine = Store.objects.filter(memberships__user_id=person_id(self.request))
        mine = mine.exclude(status=Store.Status.CLOSED)
        store = mine.filter(slug=self.kwargs["store_slug"]).first()
        if store is None:
            raise NotFound
        check_owner(self.request, store)
        return store

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset()
        return rows.filter(store=self.store)


class MembersView(mixins.ListModelMixin, OfStore):
    queryset = Membership.objects.select_related("user")
    serializer_class = shapes.MemberSerializer

    @extend_schema(request=shapes.NewMemberSerializer)
    def create(self, request: Request, store_slug: str) -> Response:
        store = self.store
        shape = shapes.NewMemberSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        added = teams.add(store, **shape.validated_data, actor=person(request))
        if not added.user.has_usable_password():
            tasks.send_link.delay(added.user_id)
        return Response(self.get_serializer(added).data, status=201)

    @extend_schema(request=shapes.RoleSerializer)
    def partial_update(self, request: Request, store_slug: str, pk: str) -> Response:
        membership = self.get_object()
        shape = shapes.RoleSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        changed = teams.change_role(
            membership, shape.validated_data["role"], actor=person(request)
        )
        return Response(self.get_serializer(changed).data)

    def destroy(self, request: Request, store_slug: str, pk: str) -> Response:
        teams.remove(self.get_object(), actor=person(request))
        return Response(status=204)


class KeysView(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfStore):
    queryset = ApiKey.objects.across_stores()
    serializer_class = shapes.ApiKeySerializer

    @extend_schema(
        request=shapes.NewKeySerializer, responses={201: shapes.ShownKeySerializer}
    )
    def create(self, request: Request, store_slug: str) -> Response:
        """The answer shows the key; nothing shows it again."""
        store = self.store
        shape = shapes.NewKeySerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        key, shown = keys.create(store, **shape.validated_data, actor=person(request))
        return self.show(key, shown)

    @extend_schema(request=None, responses={201: shapes.ShownKeySerializer})
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, store_slug: str, pk: str) -> Response:
        """A new key; the old one works for another day."""
        key, shown = keys.rotate(self.get_object(), actor=person(request))
        return self.show(key, shown)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, store_slug: str, pk: str) -> Response:
        """It opens nothing any more; pages and events within some seconds."""
        keys.revoke(self.get_object(), actor=person(request))
        return Response(status=204)

    def show(self, key: ApiKey, shown: str) -> Response:
        key.key = shown  # type: ignore[attr-defined]
        return Response(shapes.ShownKeySerializer(key).data, status=201)


class OriginsView(mixins.ListModelMixin, OfStore):
    queryset = StoreOrigin.objects.across_stores()
    serializer_class = shapes.OriginSerializer

    def create(self, request: Request, store_slug: str) -> Response:
        store = self.store
        shape = self.get_serializer(data=request.data)
        shape.is_valid(raise_exception=True)
        origin, is_new = StoreOrigin.objects.get_or_create(
            store=store, origin=shape.validated_data["origin"]
        )
        if not is_new:
            raise ConflictError("This address is registered already.")
        self.note("origin.added", origin)
        return Response(self.get_serializer(origin).data, status=201)

    def destroy(self, request: Request, store_slug: str, pk: str) -> Response:
        origin = self.get_object()
        self.note("origin.removed", origin)
        origin.delete()
        return Response(status=204)

    def note(self, act: str, origin: StoreOrigin) -> None:
        audit.record(
            act, store=origin.store, actor=person(self.request), subject=origin.origin
        )


class UsageView(mixins.ListModelMixin, OfStore):
    queryset = Usage.objects.across_stores()
    serializer_class = shapes.UsageSerializer


class AuditView(mixins.ListModelMixin, OfStore):
    queryset = AuditEntry.objects.select_related("actor")
    serializer_class = shapes.AuditSerializer
