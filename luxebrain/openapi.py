"""How the API's credentials look in the OpenAPI page."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class SignedKeyScheme(OpenApiAuthenticationExtension):
    target_class = "apps.accounts.authentication.SignedKeyAuthentication"
    name = "secretKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "LuxeBrain-Key",
            "description": (
                "The prefix of a secret key, beside LuxeBrain-Timestamp, "
                "LuxeBrain-Nonce and LuxeBrain-Signature."
            ),
        }


class PublishableKeyScheme(OpenApiAuthenticationExtension):
    target_class = "apps.accounts.authentication.PublishableKeyAuthentication"
    name = "publishableKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "LuxeBrain-Key",
            "description": "A publishable key, from a page of the store.",
        }


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "apps.accounts.authentication.StoreJWTAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
