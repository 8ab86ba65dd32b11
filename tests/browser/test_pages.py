"""Every page a merchant or shopper looks at, on a screen and a phone, by day and night."""

from __future__ import annotations

import pytest

from tests.browser.conftest import open_page
from tests.browser.looks import everywhere, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]
ADMIN = {
    "home": "/admin/",
    "home-year": "/admin/?days=365",
    "home-cards": "/admin/home/cards/",
    "suggestions": "/admin/decisions/suggestion/",
    "suggestion": "/admin/decisions/suggestion/1/change/",
    "suggestion-edit": "/admin/decisions/suggestion/1/do/edit/",
    "orders": "/admin/shop/order/",
    "order": "/admin/shop/order/1/change/",
    "refunds": "/admin/shop/refund/",
    "products": "/admin/shop/product/",
    "product": "/admin/shop/product/1/change/",
    "variants": "/admin/shop/variant/",
    "customers": "/admin/shop/customer/",
    "customer": "/admin/shop/customer/1/change/",
    "consents": "/admin/shop/consent/",
    "five-kinds": "/admin/segments/kinds/",
    "one-kind": "/admin/segments/kinds/loyal/",
    "segment": "/admin/segmentation/segment/1/change/",
    "who-buys-how": "/admin/segments/rfm/",
    "cohorts": "/admin/segments/cohorts/?of=revenue",
    "story": "/admin/segments/customer/1/",
    "story-of-nobody-known": "/admin/segments/customer/2/",
    "supplier": "/admin/inventory/supplier/1/change/",
    "decisions": "/admin/decisions/decision/",
    "model": "/admin/registry/modelversion/1/change/",
    "trainings": "/admin/registry/trainingrun/",
    "picks": "/admin/picks/board/",
    "try-a-shelf": "/admin/picks/try/?kind=similar&product=dress",
    "what-if": "/admin/picks/what-if/",
    "feedback": "/admin/decisions/suggestion/feedback/",
    "shelf-settings": "/admin/recommendations/shelfsettings/",
    "what-brought-it": "/admin/results/?days=90",
    "way-to-an-order": "/admin/results/order/1/",
    "ad-spend": "/admin/outcomes/channelcost/",
    "rules-for-results": "/admin/outcomes/outcomesettings/",
    "settings": "/admin/accounts/store/1/change/",
    "team": "/admin/accounts/membership/",
    "invite": "/admin/accounts/membership/do/invite/",
    "keys": "/admin/accounts/apikey/",
    "new-key": "/admin/accounts/apikey/do/create/",
    "usage": "/admin/accounts/usage/",
    "audit": "/admin/accounts/auditentry/",
    "import": "/admin/shop/variant/import/",
    "export": "/admin/shop/order/export/",
    "two-step": "/admin/two-step/",
    "nothing-fits": "/admin/shop/order/?q=nobody-is-called-that",
    "jobs": "/admin/django_celery_beat/periodictask/",
}
OPEN = {
    "sign-in": "/admin/login/",
    "forgotten": "/password-reset/",
    "demo": "/demo/",
    "demo-search": "/demo/search/?q=dress",
    "demo-cart": "/demo/cart/",
}


@everywhere
@pytest.mark.parametrize("name", ADMIN)
def test_an_admin_page_looks_right(signed_in, site, name, width, theme):
    watched = signed_in(width, theme)
    assert faults_of(watched, site.url + ADMIN[name], f"{name}-{width}-{theme}") == []


@everywhere
@pytest.mark.parametrize("name", OPEN)
def test_an_open_page_looks_right(browser, site, name, width, theme):
    watched = open_page(browser, width, theme)
    assert faults_of(watched, site.url + OPEN[name], f"{name}-{width}-{theme}") == []
    watched.page.context.close()
