"""Tokens for people and scripts, and who one is."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import update_last_login
from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode
from django_otp import devices_for_user, match_token
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.serializers import (
    TokenBlacklistSerializer,
    TokenObtainPairSerializer,
    TokenRefreshSerializer,
)
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.views import (
    TokenBlacklistView,
    TokenObtainPairView,
    TokenRefreshView,
)

from apps.accounts import tasks
from apps.accounts.models import User
from apps.accounts.serializers import WhoAmISerializer
from apps.accounts.services import audit, passwords
from apps.accounts.services.callers import Caller
from apps.accounts.services.recognize import NotRecognizedError
from apps.core.client import network_of
from apps.core.errors import InvalidInputError

NO_REFRESH = "The refresh token is not valid, or was used before."


class TokenSerializer(TokenObtainPairSerializer):
    """A person who has a second step gives its code here too."""

    code = serializers.CharField(required=False, max_length=20, write_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        try:
            tokens = super().validate(attrs)
        except AuthenticationFailed:
            raw = self.context["request"]._request
            if wait := getattr(raw, "sign_in_wait", None):
                raise Throttled(wait) from None
            raise
        user = self.user
        assert isinstance(user, User)
        has_second_step = any(devices_for_user(user, confirmed=True))
        code = attrs.get("code", "")
        # An empty code is no try: it must not slow down the person's own.
        if has_second_step and not (code and match_token(user, code)):
            raise AuthenticationFailed("The second step's code is missing or wrong.")
        update_last_login(User, user)
        audit.record_person("signin.api", user)
        return tokens


class TokenView(TokenObtainPairView):
    """E-mail and password for an access and a refresh token."""

    serializer_class = TokenSerializer


class RefreshSerializer(TokenRefreshSerializer):
    """Asks once more who this is: the password may be another one since."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        old = refresh_token(attrs["refresh"])
        try:
            user = JWTAuthentication().get_user(old)
        except AuthenticationFailed as error:
            raise NotRecognizedError(NO_REFRESH) from error
        # Of two at once with the same token, one writes the row.
        _, is_first = old.blacklist()
        if not is_first:
            raise NotRecognizedError(NO_REFRESH)
        new = RefreshToken.for_user(user)
        return {"access": str(new.access_token), "refresh": str(new)}


class RefreshView(TokenRefreshView):
    """A refresh token for new ones; the old one is used up."""

    serializer_class = RefreshSerializer


class SignOutSerializer(TokenBlacklistSerializer):
    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        refresh_token(attrs["refresh"]).blacklist()
        return {}


class SignOutView(TokenBlacklistView):
    """Uses up a refresh token."""

    serializer_class = SignOutSerializer


def refresh_token(raw: str) -> Any:
    try:
        return RefreshToken(raw)  # type: ignore[arg-type]  # The stubs forget text.
    except TokenError as error:
        raise NotRecognizedError(NO_REFRESH) from error


class WhoAmIView(APIView):
    """Any caller: the store and what one may do. For testing a connection."""

    is_publishable = True
    is_storeless = True

    @extend_schema(responses=WhoAmISerializer)
    def get(self, request: Request) -> Response:
        caller = request.auth
        assert isinstance(caller, Caller)
        answer = {
            "kind": caller.kind,
            "store": caller.store.slug if caller.store else None,
            "store_name": caller.store.name if caller.store else None,
            "role": caller.role,
            "scopes": sorted(caller.scopes),
        }
        return Response(WhoAmISerializer(answer).data)


class ResetSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)


class PasswordResetView(APIView):
    """Sends a link. The answer is the same whether the address is known or not."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(request=ResetSerializer, responses={202: None})
    def post(self, request: Request) -> Response:
        wanted = ResetSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        email, address = wanted.validated_data["email"], network_of(request._request)
        tasks.send_link.delay(passwords.who_gets_link(email, address))
        return Response(status=status.HTTP_202_ACCEPTED)


class NewPasswordSerializer(serializers.Serializer[Any]):
    uid = serializers.CharField(max_length=100)
    token = serializers.CharField(max_length=200)
    password = serializers.CharField(max_length=200, write_only=True)


class PasswordResetConfirmView(APIView):
    """Sets a password with the link's uid and token."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(request=NewPasswordSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        wanted = NewPasswordSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = wanted.validated_data
        user = user_of(values["uid"])
        if user is None or not default_token_generator.check_token(
            user, values["token"]
        ):
            raise InvalidInputError("This link is used up or too old.")
        form = SetPasswordForm(
            user,
            {
                "new_password1": values["password"],
                "new_password2": values["password"],
            },
        )
        if not form.is_valid():
            raise serializers.ValidationError(
                {"password": [str(error) for error in form.errors["new_password2"]]}
            )
        form.save()
        audit.record_person("password.changed", user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def user_of(uid: str) -> User | None:
    try:
        pk = int(force_str(urlsafe_base64_decode(uid)))
        return User.objects.filter(pk=pk, is_active=True).first()
    except (ValueError, OverflowError):
        return None
