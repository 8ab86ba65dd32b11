"""Switching between one's stores in the admin; setting a password by a link."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.accounts import tasks
from apps.accounts.middleware import store_in_session
from apps.accounts.models import User
from apps.accounts.services import audit, passwords
from apps.core.client import network_of

# isdigit() would also let "²" pass; 18 digits fit every id.
DIGITS = re.compile(r"[0-9]{1,18}")


@require_POST
@login_required
def switch_store(request: HttpRequest) -> HttpResponse:
    """Remember the choice; a store that is not one's own is not there."""
    user = request.user
    assert isinstance(user, User)
    chosen = request.POST.get("store", "")
    if not DIGITS.fullmatch(chosen):
        raise Http404
    store, _ = store_in_session(user, int(chosen))
    if store is None or store.pk != int(chosen):
        raise Http404
    request.session["store_id"] = store.pk
    if not store.memberships.filter(user=user).exists():
        # A superuser in a store whose team they are not in.
        audit.record("store.entered", store=store, actor=user, subject=store.slug)
    return redirect("admin:index")


class PasswordResetView(auth_views.PasswordResetView):
    """Always says that a mail is on its way."""

    form_class = passwords.LinkForm

    def form_valid(self, form: Any) -> HttpResponse:
        email, address = form.cleaned_data["email"], network_of(self.request)
        tasks.send_link.delay(passwords.who_gets_link(email, address))
        return HttpResponseRedirect(self.get_success_url())


class PasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        audit.record_person("password.changed", form.user)
        return answer
