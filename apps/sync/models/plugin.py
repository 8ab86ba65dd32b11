from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.db import models

from apps.accounts.models import ApiKey, StoreOwned


class PluginCode(StoreOwned):
    """Lets the plugin of one shop connect itself, once and for half an hour.

    Only the digest is kept: who reads the database connects nothing.
    """

    digest = models.CharField(max_length=64, unique=True)
    # The one shop that may use it, where one asked for it; any shop otherwise.
    site = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.site or "any shop"


class PluginLink(StoreOwned):
    """The plugin that connected this store, and what was made for it."""

    site = models.URLField(max_length=500)
    secret_key = models.ForeignKey(
        ApiKey, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    publishable_key = models.ForeignKey(
        ApiKey, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # Keys of before, by number, until the new secret key is used for the first time: the
    # answer that holds it may be lost on its way.
    older_keys = models.JSONField(default=list)
    # Of the shop's own key, which the plugin made for us.
    key_ending = models.CharField(max_length=7)
    # Origins that were not allowed before.
    added_origins = models.JSONField(default=list)
    # {"plugin": "0.1.0", "wordpress": "6.5", ...}
    versions = models.JSONField(default=dict)
    connected_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store"], name="sync_one_plugin_link")
        ]

    def __str__(self) -> str:
        return self.site

    def holds(self, key_id: int | None) -> bool:
        """Whether it is the plugin's own key, one that took its place, or one of before
        that still opens."""
        return key_id is not None and key_id in self.key_ids

    @property
    def key_ids(self) -> list[int]:
        """Of all that the plugin may hold: those that took another's place, too."""
        now = [cast(Any, key) for key in (self.secret_key, self.publishable_key) if key]
        later = [key.replaced_by_id for key in now if key.replaced_by_id]
        return [*(key.pk for key in now), *later, *self.older_keys]
