"""The merchant's way: choose a file, see what would happen, import it, mend the rest."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.accounts.models import AuditEntry, Role, Store
from apps.shop.models import Product
from apps.sync.models import FileImport
from tests.conftest import member
from tests.sync.files.conftest import rehearse, take, upload

LIST = "/admin/sync/fileimport/"
TEXT = b"id,name,price\n7,Silk scarf,14.50\n8,=Dress,1.234\n"


@pytest.fixture
def page(client, atelier):
    client.force_login(member(atelier, Role.MANAGER, "manager@atelier.example"))
    return client


def choose(client, content=TEXT, name="products.csv"):
    return client.post(
        f"{LIST}do/upload/",
        {"kind": "products", "file": SimpleUploadedFile(name, content)},
        follow=True,
    )


def body(response):
    if response.streaming:
        return b"".join(response.streaming_content).decode("utf-8-sig")
    return response.content.decode()


def test_it_checks_a_file_first_and_shows_what_would_happen(page, atelier):
    shown = body(choose(page))
    row = FileImport.objects.of(atelier).get()
    assert (row.status, row.created_by.email) == ("checked", "manager@atelier.example")
    assert "What would happen" in shown
    assert "can be read in two ways" in shown
    assert "Import it" in shown
    assert not Product.objects.of(atelier).exists()


def test_it_imports_at_a_persons_word(page, atelier):
    choose(page)
    row = FileImport.objects.of(atelier).get()
    asked = page.get(f"{LIST}{row.pk}/do/import/")
    assert "Import?" in body(asked)
    shown = body(page.post(f"{LIST}{row.pk}/do/import/", follow=True))
    assert "What happened" in shown
    assert Product.objects.of(atelier).get().name == "Silk scarf"


def test_it_gives_back_the_refused_rows_to_mend(page, atelier):
    choose(page)
    row = FileImport.objects.of(atelier).get()
    text = body(page.get(f"{LIST}{row.pk}/refused.csv"))
    assert text.splitlines() == [
        "problem_line,problem_column,problem,id,name,price",
        "3,price,“1.234” can be read in two ways. Write 1234.00 or 1.2340.,8,'=Dress,1.234",
    ]
    mended = take(atelier, "products", text.replace(",1.234\r", ",1234\r"))
    assert mended.counts == {"created": 1}
    assert mended.ignored_columns == ["problem_line", "problem_column", "problem"]
    assert Product.objects.of(atelier).get().name == "=Dress"


def test_it_says_why_a_file_cannot_be_read(page):
    shown = body(choose(page, b"sku,price\nA,1\n"))
    assert "The column “id” is missing" in shown
    assert "Import it" not in shown


def test_it_throws_a_file_away(page, atelier):
    choose(page)
    row = FileImport.objects.of(atelier).get()
    page.post(f"{LIST}{row.pk}/do/discard/")
    row.refresh_from_db()
    assert row.status == "stopped"


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_it_takes_rows_out_as_a_file(page, atelier, form):
    take(atelier, "products", TEXT.decode())
    asked = page.post(f"{LIST}do/export/", {"kind": "products", "form": form})
    answer = page.get(asked.url)
    assert "Silk scarf" in body(answer)
    assert answer["Content-Disposition"].startswith(
        'attachment; filename="atelier-products-'
    )
    assert AuditEntry.objects.filter(store=atelier, action="file.exported").count() == 1


def test_it_knows_no_file_of_another_store(page, second_atelier):
    theirs = rehearse(second_atelier, "products", TEXT)
    for address in (
        f"{theirs.pk}/change/",
        f"{theirs.pk}/refused.csv",
        f"{theirs.pk}/do/import/",
    ):
        assert page.get(LIST + address).status_code == 404
    assert page.post(f"{LIST}{theirs.pk}/do/import/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.status == "checked"


def test_it_is_closed_to_analysts(client, atelier):
    row = upload(atelier, "products", TEXT)
    client.force_login(member(atelier, Role.ANALYST, "analyst@atelier.example"))
    for address in (
        "",
        "do/upload/",
        "do/export/",
        "export/orders.csv",
        f"{row.pk}/refused.csv",
    ):
        assert client.get(LIST + address).status_code == 403
    assert (
        "Files"
        not in body(client.get(reverse("admin:index")))
        .split("<main")[0]
        .split("Shop connection")[-1][:2000]
    )


def test_it_takes_no_files_where_a_shop_is_connected(client, manager, store):
    client.force_login(manager)
    shown = body(client.get(LIST))
    assert "comes from the connected shop" in shown
    assert "Choose a file" not in shown.replace("“Choose a file”", "")
    assert "its data comes from there" in body(choose(client))
    assert store.platform == Store.Platform.WOOCOMMERCE
