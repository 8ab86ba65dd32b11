"""What a form under way would change: asked by the page with each change of the form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.models import Store
from apps.core.merchant_admin.pages import for_analysts
from apps.storefront.models import LineSettings, Place, Placement, Rule
from apps.storefront.services.defaults import AFTER, BESIDE
from apps.storefront.services.lines import lines_for
from apps.storefront.services.preview import Change, Comparison, compare, plans_with
from apps.storefront.views.asked import Asked, asked_of
from apps.storefront.views.faces import faces_of

MODELS: dict[str, type[Any]] = {
    "rule": Rule, "placement": Placement, "linesettings": LineSettings,
}  # fmt: skip
NOW_AND_THEN = ("Now", "With this change")


@require_POST
@for_analysts
def page(request: HttpRequest, store: Store, what: str) -> HttpResponse:
    if what not in MODELS:
        raise Http404
    form = form_of(request, store, MODELS[what])
    asked = asked_of(store, request.POST)
    context: dict[str, Any] = {"asked": asked, "problems": asked.problems}
    if not form.is_valid():
        context["problems"] = [*asked.problems, *problems_of(form)]
    elif what == "linesettings":
        context |= lines(store, asked, form.save(commit=False))
    else:
        context |= shelves(store, asked, form)
    return TemplateResponse(request, "admin/storefront/preview.html", context)


def form_of(request: HttpRequest, store: Store, model: type[Any]) -> Any:
    """The very form of the admin, so that both judge alike."""
    model_admin: Any = admin.site.get_model_admin(model)
    said = request.GET.get("pk", "")
    row = None
    if said:
        if not (said.isascii() and said.isdecimal() and len(said) < 19):
            raise Http404
        row = get_object_or_404(model.objects.of(store), pk=int(said))
    may = model_admin.has_change_permission if row else model_admin.has_add_permission
    if not (may(request, row) if row else may(request)):
        raise PermissionDenied
    form = model_admin.get_form(request, row, change=row is not None)
    sent = request.POST.copy()
    if not sent.get("name", "").strip():
        # What it will be called changes no shelf.
        sent["name"] = "A new rule"
    return form(sent, instance=row)


def problems_of(form: forms.ModelForm[Any]) -> list[str]:
    found = []
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        found += [f"{label}: {error}" if label else str(error) for error in errors]
    return found


def shelves(store: Store, asked: Asked, form: Any) -> dict[str, Any]:
    now = timezone.now()
    is_same = form.instance.pk is not None and not form.has_changed()
    row = form.save(commit=False)
    rule = row if isinstance(row, Rule) else None
    placement = row if isinstance(row, Placement) else None
    place = place_of(asked, row)
    note = note_of(rule, place)
    if rule is not None and rule.places and place not in rule.places:
        rule.is_on = False
    change = Change(rule, placement, is_whole=is_same)
    found = compare(
        store, asked.visit(place), plans_with(store, place, now, change), now
    )
    titles = ("Without this rule", "With it") if rule and is_same else NOW_AND_THEN
    return {
        "place": Place(place).label,
        "note": note,
        "comparison": found,
        "shelves": drawn(store, found, titles),
        "gone": [(one.stands.card.name, one.why) for one in found.gone],
        "names_product": place in BESIDE | AFTER | {Place.CATEGORY_TOP},
    }


def place_of(asked: Asked, row: Any) -> str:
    if isinstance(row, Placement):
        return row.place
    return asked.place or next(iter(row.places), Place.HOME_PICKS.value)


def note_of(rule: Rule | None, place: str) -> str:
    if rule is None:
        return ""
    if rule.places and place not in rule.places:
        return "The rule does not hold in this place."
    if not rule.is_on:
        return "The rule is off."
    if not rule.is_in_force(timezone.now()):
        return "Shown as if it were the rule's time."
    return ""


def drawn(
    store: Store, found: Comparison, titles: tuple[str, str]
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Both shelves with pictures and prices."""
    faces = faces_of(store, [*found.before, *found.after])
    both = (found.before, found.after)
    return [
        (title, [faces[id(one)] for one in shelf])
        for title, shelf in zip(titles, both, strict=True)
    ]


def lines(store: Store, asked: Asked, row: LineSettings) -> dict[str, Any]:
    now = timezone.now()
    if asked.product is None:
        return {"problems": [*asked.problems, "There is no product to show it with."]}
    saved = LineSettings.objects.for_store(store)
    said = [
        [line.text for line in lines_for(store, asked.product.pk, now, settings)]
        for settings in (saved, row)
    ]
    return {"lines": list(zip(NOW_AND_THEN, said, strict=True))}
