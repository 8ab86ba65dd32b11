from __future__ import annotations

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from apps.accounts.api import sign_in, stores

of_store = SimpleRouter(use_regex_path=False)
of_store.register("members", stores.MembersView, basename="members")
of_store.register("keys", stores.KeysView, basename="keys")
of_store.register("origins", stores.OriginsView, basename="origins")
of_store.register("usage", stores.UsageView, basename="usage")
of_store.register("audit", stores.AuditView, basename="audit")

router = SimpleRouter(use_regex_path=False)
router.register("stores", stores.StoresView, basename="stores")

urlpatterns = [
    path("auth/token/", sign_in.TokenView.as_view(), name="token"),
    path("auth/token/refresh/", sign_in.RefreshView.as_view(), name="token_refresh"),
    path("auth/logout/", sign_in.SignOutView.as_view(), name="token_logout"),
    path("auth/whoami", sign_in.WhoAmIView.as_view(), name="whoami"),
    path(
        "auth/password-reset/",
        sign_in.PasswordResetView.as_view(),
        name="api_password_reset",
    ),
    path(
        "auth/password-reset/confirm/",
        sign_in.PasswordResetConfirmView.as_view(),
        name="api_password_reset_confirm",
    ),
    *router.urls,
    path("stores/<slug:store_slug>/", include(of_store.urls)),
]
