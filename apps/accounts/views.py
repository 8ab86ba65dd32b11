"""Switching between one's stores in the admin."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.accounts.middleware import store_of
from apps.accounts.models import User


@require_POST
@login_required
def switch_store(request: HttpRequest) -> HttpResponse:
    """Remember the choice; a store that is not one's own is not there."""
    user = request.user
    assert isinstance(user, User)
    chosen = request.POST.get("store", "")
    if not chosen.isdigit() or len(chosen) > 18:
        raise Http404
    store, _ = store_of(user, int(chosen))
    if store is None or store.pk != int(chosen):
        raise Http404
    request.session["store_id"] = store.pk
    return redirect("admin:index")
