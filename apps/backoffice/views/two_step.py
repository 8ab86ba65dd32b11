"""Setting up two-step sign-in, and leaving it."""

from __future__ import annotations

import secrets
from typing import Any

import qrcode
import qrcode.image.svg
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString, mark_safe
from django_otp import login as otp_login
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.models import User
from apps.accounts.services import audit
from apps.backoffice.views.sign_in import CodeForm

RECOVERY_CODES = 10


def two_step(request: HttpRequest) -> HttpResponse:
    """Off: a picture to scan and a code to prove it. On: how many codes are left."""
    user = request.user
    assert isinstance(user, User)
    device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"].replace(" ", "")
        answer = leave(request, user, code) if device else confirm(request, user, code)
        if answer:
            return answer
        form.add_error(
            "code", "This code is wrong. Check that your phone's clock is right."
        )
    return show(request, user, device, form)


def show(request: HttpRequest, user: User, device: Any, form: CodeForm) -> HttpResponse:
    page = {
        **admin.site.each_context(request),
        "title": "Two-step sign-in",
        "form": form,
    }
    if device:
        tokens = StaticToken.objects.filter(device__user=user)
        page |= {"is_on": True, "codes_left": tokens.count()}
    else:
        waiting = waiting_device(user)
        page |= {"picture": picture(waiting.config_url), "key": key_text(waiting)}
    response = TemplateResponse(request, "admin/two_step.html", page)
    response.headers["Cache-Control"] = "no-store"
    return response


def waiting_device(user: User) -> TOTPDevice:
    """Not confirmed, so that sign-in does not ask for it yet."""
    device, _ = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "Authenticator app"}
    )
    return device


def picture(url: str) -> SafeString:
    image = qrcode.make(url, image_factory=qrcode.image.svg.SvgPathImage, box_size=12)
    # Drawn by the library from our own address: no person's text gets into it unescaped.
    drawn: str = image.to_string(encoding="unicode")
    return mark_safe(drawn)  # noqa: S308


def key_text(device: TOTPDevice) -> str:
    """For typing: base32 in groups of four."""
    key = device.config_url.split("secret=")[1].split("&")[0]
    return " ".join(key[n : n + 4] for n in range(0, len(key), 4))


def confirm(request: HttpRequest, user: User, code: str) -> HttpResponse | None:
    device = waiting_device(user)
    if not device.verify_token(code):
        return None
    with transaction.atomic():
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        codes = fresh_codes(user)
        audit.record_person("two_step.on", user)
    otp_login(request, device)
    page = {
        **admin.site.each_context(request),
        "title": "Your recovery codes",
        "codes": codes,
    }
    response = TemplateResponse(request, "admin/recovery_codes.html", page)
    response.headers["Cache-Control"] = "no-store"
    return response


def fresh_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="Recovery codes")
    codes = [
        f"{secrets.token_hex(2)}-{secrets.token_hex(2)}" for _ in range(RECOVERY_CODES)
    ]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=code) for code in codes
    )
    return codes


def leave(request: HttpRequest, user: User, code: str) -> HttpResponse | None:
    """A code is needed to leave: a computer left open is not enough."""
    device = TOTPDevice.objects.get(user=user, confirmed=True)
    if not device.verify_token(code):
        return None
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
        audit.record_person("two_step.off", user)
    messages.success(request, "Sign-in asks for your password alone again.")
    return redirect("two_step")
