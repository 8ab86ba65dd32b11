"""Signing in: e-mail and password, then a code where a person asked for one."""

from __future__ import annotations

import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model, login
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import devices_for_user, match_token
from django_otp import login as otp_login
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.accounts.models import User

# Between the right password and the code nobody is signed in yet.
HALFWAY = "halfway_in"
HALFWAY_SECONDS = 300
MAX_CODES = 5


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=20,
        widget=UnfoldAdminTextInputWidget(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "text",
                "autofocus": True,
            }
        ),
        help_text="The six digits in your app, or one of your recovery codes.",
    )


class PasswordForm(AuthenticationForm):  # type: ignore[misc]
    """Says so after too many tries, rather than "wrong password"."""

    def get_invalid_login_error(self) -> forms.ValidationError:
        wait = getattr(self.request, "sign_in_wait", None)
        if wait:
            return forms.ValidationError(
                f"Too many tries. Please wait {max(1, round(wait / 60))} minutes and try again."
            )
        return forms.ValidationError(
            "This e-mail and password do not fit together. Capitals matter in passwords."
        )


class SignIn(LoginView):
    template_name = "admin/login.html"
    authentication_form = PasswordForm
    next_page = "admin:index"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever is in goes on; who is signed in but may not enter is told so here."""
        if admin.site.has_permission(request):
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        site = admin.site.each_context(self.request)
        return {
            **site,
            **context,
            "title": "Sign in",
            "app_path": self.request.get_full_path(),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if not any(devices_for_user(user, confirmed=True)):
            return super().form_valid(form)
        self.request.session.cycle_key()
        self.request.session[HALFWAY] = {
            "user": user.pk,
            "hash": user.get_session_auth_hash(),
            "until": time.time() + HALFWAY_SECONDS,
            "tries": 0,
            "next": self.get_success_url(),
        }
        return HttpResponseRedirect(reverse("two_step_code"))


sign_in = sensitive_post_parameters()(SignIn.as_view())


@sensitive_post_parameters()
@csrf_protect
@never_cache
def ask_code(request: HttpRequest) -> HttpResponse:
    """The second step. Wrong codes slow down by the device's own throttle."""
    user = halfway(request)
    if user is None:
        return HttpResponseRedirect(reverse("admin:login"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = match_token(user, form.cleaned_data["code"].replace(" ", ""))
        if device:
            return welcome(request, user, device)
        if is_spent(request):
            return HttpResponseRedirect(reverse("admin:login"))
        form.add_error(
            "code", "This code is wrong or was used already. Wait for the next one."
        )
    page = {**admin.site.each_context(request), "title": "Your code", "form": form}
    return TemplateResponse(request, "admin/two_step_code.html", page)


def halfway(request: HttpRequest) -> User | None:
    """Who gave the right password a moment ago, in this browser."""
    state = request.session.get(HALFWAY) or {}
    if not state or state["until"] < time.time():
        request.session.pop(HALFWAY, None)
        return None
    user = get_user_model().objects.filter(pk=state["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != state["hash"]:
        return None
    return user


def is_spent(request: HttpRequest) -> bool:
    """One more try is written down; after a few the password is asked for again."""
    state = request.session[HALFWAY]
    state["tries"] += 1
    request.session[HALFWAY] = state
    if state["tries"] < MAX_CODES:
        return False
    del request.session[HALFWAY]
    return True


def welcome(request: HttpRequest, user: User, device: Any) -> HttpResponse:
    goal = request.session.pop(HALFWAY)["next"]
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    otp_login(request, device)
    is_ours = url_has_allowed_host_and_scheme(
        goal, {request.get_host()}, request.is_secure()
    )
    return HttpResponseRedirect(goal if is_ours else reverse("admin:index"))
