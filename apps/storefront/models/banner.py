from __future__ import annotations

from django.db import models

from apps.shop.models import Product
from apps.storefront.models.period import Timed


class Banner(Timed):
    """What the home page's hero shows to a segment, or to everybody (`segment` empty)."""

    heading = models.CharField(max_length=120)
    text = models.CharField(max_length=300, blank=True)
    # On the button; without one the whole banner is the link.
    label = models.CharField(max_length=60, blank=True)
    # Where it leads: an address of the shop. Empty: to the product.
    url = models.CharField(max_length=600, blank=True)
    picture = models.FileField(upload_to="banners/", max_length=300, blank=True)
    # Its picture and its page, where the banner has none of its own.
    product = models.ForeignKey(
        Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    segment = models.CharField(max_length=40, blank=True)

    class Meta(Timed.Meta):
        pass

    def __str__(self) -> str:
        return self.heading
