"""Shapes of the accounts API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.accounts.models import (
    ApiKey,
    AuditEntry,
    Membership,
    Role,
    Store,
    StoreOrigin,
    Usage,
)
from apps.accounts.models.keys import Scope


class StoreSerializer(serializers.ModelSerializer[Store]):
    class Meta:
        model = Store
        fields = [
            "slug", "name", "url", "platform", "currency", "time_zone", "country",
            "language", "plan", "status", "created_at",
        ]  # fmt: skip
        read_only_fields = ["slug", "plan", "status", "created_at"]
        # What the database says about a taken name is the service's to tell.
        extra_kwargs = {"currency": {"default": "EUR"}}


class StoreChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, required=False)
    url = serializers.URLField(required=False, allow_blank=True)
    time_zone = serializers.CharField(max_length=64, required=False)
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    language = serializers.CharField(max_length=10, required=False)


class WhoAmISerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["publishable", "secret", "person"])
    store = serializers.CharField(allow_null=True)
    store_name = serializers.CharField(allow_null=True)
    role = serializers.ChoiceField(Role.choices, allow_null=True)
    scopes = serializers.ListField(child=serializers.CharField())


class MemberSerializer(serializers.ModelSerializer[Membership]):
    email = serializers.EmailField(source="user.email", read_only=True)
    name = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "email", "name", "role", "created_at"]


class NewMemberSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(Role.choices)


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(Role.choices)


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    class Meta:
        model = ApiKey
        fields = [
            "id", "kind", "name", "prefix", "scopes", "created_at", "last_used_at",
            "expires_at", "revoked_at",
        ]  # fmt: skip


class NewKeySerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(ApiKey.Kind.choices)
    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices), required=False, default=list
    )


class ShownKeySerializer(ApiKeySerializer):
    """With the key itself: this once."""

    key = serializers.CharField(read_only=True)

    class Meta(ApiKeySerializer.Meta):
        fields = [*ApiKeySerializer.Meta.fields, "key"]


class OriginSerializer(serializers.ModelSerializer[StoreOrigin]):
    class Meta:
        model = StoreOrigin
        fields = ["id", "origin"]


class UsageSerializer(serializers.ModelSerializer[Usage]):
    class Meta:
        model = Usage
        fields = ["month_on", "kind", "count", "warned_at", "exceeded_at"]


class AuditSerializer(serializers.ModelSerializer[AuditEntry]):
    actor = serializers.SerializerMethodField()

    class Meta:
        model = AuditEntry
        fields = [
            "id", "action", "subject", "actor", "detail", "ip", "request_id",
            "created_at",
        ]  # fmt: skip

    def get_actor(self, entry: AuditEntry) -> str:
        return str(entry.actor) if entry.actor else entry.actor_label
