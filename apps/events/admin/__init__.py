from __future__ import annotations

from apps.events.admin.people import DeviceAdmin, IdentityChangeAdmin

__all__ = ["DeviceAdmin", "IdentityChangeAdmin"]
