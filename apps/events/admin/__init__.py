from __future__ import annotations

from apps.events.admin.people import DeviceAdmin, IdentityChangeAdmin
from apps.events.admin.sessions import SessionAdmin
from apps.events.admin.tracking import TrackingAdmin

__all__ = ["DeviceAdmin", "IdentityChangeAdmin", "SessionAdmin", "TrackingAdmin"]
