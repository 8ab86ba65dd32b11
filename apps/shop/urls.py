from __future__ import annotations

from django.urls import path

from apps.shop.api import catalog, orders, people

urlpatterns = [
    path("products/", catalog.ProductList.as_view(), name="products"),
    path("products/<int:pk>/", catalog.ProductDetail.as_view(), name="product"),
    path("variants/", catalog.VariantList.as_view(), name="variants"),
    path("variants/<int:pk>/", catalog.VariantDetail.as_view(), name="variant"),
    path("categories/", catalog.CategoryList.as_view(), name="categories"),
    path("categories/<int:pk>/", catalog.CategoryDetail.as_view(), name="category"),
    path("customers/", people.CustomerList.as_view(), name="customers"),
    path("customers/<int:pk>/", people.CustomerDetail.as_view(), name="customer"),
    path("consents/", people.ConsentList.as_view(), name="consents"),
    path("consents/<int:pk>/", people.ConsentDetail.as_view(), name="consent"),
    path("orders/", orders.OrderList.as_view(), name="orders"),
    path("orders/<int:pk>/", orders.OrderDetail.as_view(), name="order"),
    path("refunds/", orders.RefundList.as_view(), name="refunds"),
    path("refunds/<int:pk>/", orders.RefundDetail.as_view(), name="refund"),
    path("coupons/", orders.CouponList.as_view(), name="coupons"),
    path("coupons/<int:pk>/", orders.CouponDetail.as_view(), name="coupon"),
]
