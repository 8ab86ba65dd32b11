from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db
PAGES = ["/api/v1/docs/", "/api/v1/schema/"]


@pytest.mark.parametrize("page", PAGES)
def test_on_one_s_own_machine_everyone_reads_the_docs(client, page):
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_in_production_a_stranger_does_not(client, settings, page):
    settings.DEPLOYMENT = "production"
    assert client.get(page).status_code in {401, 403}


@pytest.mark.parametrize("page", PAGES)
def test_in_production_staff_does(client, settings, owner, page):
    settings.DEPLOYMENT = "production"
    client.force_login(owner)
    assert client.get(page).status_code == 200


def test_the_docs_page_needs_no_inline_script(client):
    page = client.get("/api/v1/docs/").content.decode()
    assert "<script>" not in page
