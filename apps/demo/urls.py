from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.demo.views import bag, catalog, checkout, visitor

app_name = "demo"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", catalog.home, name="home"),
    path("c/<str:slug>/", catalog.category, name="category"),
    path("p/<str:slug>/", catalog.product, name="product"),
    path("search/", catalog.search, name="search"),
    path("cart/", bag.cart, name="cart"),
    path("cart/add/", bag.add, name="add"),
    path("cart/line/", bag.change, name="change"),
    path("cart/coupon/", bag.coupon, name="coupon"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("thanks/<int:order_id>/", checkout.thanks, name="thanks"),
    path("account/", visitor.account, name="account"),
    path("privacy/", visitor.privacy, name="privacy"),
]
