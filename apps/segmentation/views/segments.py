"""What a segment's form asks while somebody writes: whom it would find, and names."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.core.merchant_admin.pages import for_analysts
from apps.segmentation.services.conditions.parse import LARGEST_ID
from apps.segmentation.services.look import look
from apps.shop.models import Product

MOST_JSON = 100_000
MOST_LETTERS, MOST_NAMES, MOST_IDS = 100, 20, 200


@require_POST
@for_analysts
def preview(request: HttpRequest, store: Store) -> HttpResponse:
    text = request.POST.get("conditions", "")[:MOST_JSON]
    context: dict[str, Any] = {}
    try:
        found = look(store, json.loads(text), timezone.now())
        context["found"] = found
        context["sample"] = [one.called for one in found.sample]
    except LuxeBrainError as error:
        context["problem"] = error.message
    except (ValueError, RecursionError):
        context["problem"] = "This is not JSON."
    return TemplateResponse(request, "admin/segmentation/preview.html", context)


@for_analysts
def names(request: HttpRequest, store: Store) -> JsonResponse:
    """Products by a part of their name, or those with these ids."""
    rows = Product.objects.of(store)
    if said := request.GET.get("ids", ""):
        numbers = [int(one) for one in said.split(",")[:MOST_IDS] if is_id(one)]
        found = rows.filter(pk__in=[one for one in numbers if one <= LARGEST_ID])
    else:
        term = request.GET.get("term", "").strip().replace("\0", "")[:MOST_LETTERS]
        found = rows.live().filter(name__icontains=term)
    named = found.order_by("name", "pk").values_list("pk", "name")
    return JsonResponse(
        {"names": [list(row) for row in named[: MOST_IDS if said else MOST_NAMES]]}
    )


def is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20
