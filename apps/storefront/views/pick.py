"""Names of products and categories while a merchant types."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, JsonResponse

from apps.accounts.models import Store
from apps.core.merchant_admin.pages import for_analysts
from apps.shop.models import Category, Product

PAGE = 20
MOST_LETTERS = 100
MOST_PAGES = 50


@for_analysts
def names(request: HttpRequest, store: Store, what: str) -> JsonResponse:
    """As the theme's field asks: by a part of the name, twenty at a time."""
    term = request.GET.get("term", "").strip().replace("\0", "")[:MOST_LETTERS]
    said = request.GET.get("page", "1")
    page = min(int(said), MOST_PAGES) if said.isascii() and said.isdecimal() else 1
    if what == "products":
        rows = (
            Product.objects.of(store)
            .live()
            .filter(Q(name__icontains=term) | Q(sku__iexact=term))
        )
    elif what == "categories":
        rows = Category.objects.of(store).live().filter(name__icontains=term)  # type: ignore[assignment]
    else:
        raise Http404
    start = PAGE * max(page - 1, 0)
    found = list(
        rows.order_by("name", "pk").values_list("pk", "name")[start : start + PAGE + 1]
    )
    results = [{"id": str(pk), "text": name} for pk, name in found[:PAGE]]
    more = len(found) > PAGE and page < MOST_PAGES
    return JsonResponse({"results": results, "pagination": {"more": more}})
