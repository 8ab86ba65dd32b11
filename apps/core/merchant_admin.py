"""The admin site and the base of every admin page: one store at a time, by role."""

from __future__ import annotations

from unfold.sites import UnfoldAdminSite


class MerchantAdminSite(UnfoldAdminSite):
    """Django's admin, as the merchant's back office."""
