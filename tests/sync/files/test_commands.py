"""The terminal's way: import, export, dry run, going on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.shop.models import Product
from apps.sync.models import FileImport
from apps.sync.services.files import import_file
from tests.sync.files.conftest import upload

TEXT = "id,name,price,sparkle\n7,Silk scarf,14.50,yes\n8,Dress,1.234,no\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "products.csv"
    path.write_text(TEXT)
    return path


def test_it_imports_a_file_and_says_what_became_of_it(atelier, file, capsys):
    call_command("import_file", "atelier", "products", file)
    said = capsys.readouterr().out
    assert "        1 created\n        1 refused\n" in said
    assert "Ignored columns: sparkle." in said
    assert (
        "Line 3, price: “1.234” can be read in two ways. Write 1234.00 or 1.2340."
        in said
    )
    assert Product.objects.of(atelier).get().name == "Silk scarf"


def test_it_only_says_what_would_happen_in_a_dry_run(atelier, file, capsys):
    call_command("import_file", "atelier", "products", file, "--dry-run")
    assert "1 would be created" in capsys.readouterr().out
    assert not Product.objects.of(atelier).exists()


def test_it_goes_on_with_the_same_file(atelier, file, capsys):
    row = upload(atelier, "products", TEXT, at=timezone.now())
    call_command("import_file", "atelier", "products", file, "--resume")
    row.refresh_from_db()
    assert (row.status, FileImport.objects.of(atelier).count()) == ("done", 1)
    call_command("import_file", "atelier", "products", file, "--resume")
    said = capsys.readouterr().out
    assert "Nothing of this file was cut off" in said
    assert "1 unchanged" in said


def test_it_refuses_a_file_without_a_needed_column(atelier, tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("sku;price\nA;1\n")
    with pytest.raises(
        CommandError, match=r"The column “id” is missing. There are: “sku”, “price”."
    ):
        call_command("import_file", "atelier", "products", path)


@pytest.mark.parametrize(
    ("store", "name"), [("nobody", "products.csv"), ("atelier", "absent.csv")]
)
def test_it_names_what_is_not_there(atelier, file, store, name):
    with pytest.raises(CommandError, match="There is no"):
        call_command("import_file", store, "products", file.with_name(name))


def test_it_exports_what_it_imports(atelier, second_atelier, file, tmp_path, capsys):
    call_command("import_file", "atelier", "products", file)
    out = tmp_path / "out.ndjson"
    call_command("export_file", "atelier", "products", out)
    call_command("import_file", "atelier-two", "products", out)
    assert Product.objects.of(second_atelier).get().name == "Silk scarf"
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == [
        "out.ndjson",
        "products.csv",
    ]
    with pytest.raises(CommandError, match="A file is one of"):
        call_command("export_file", "atelier", "products", tmp_path / "out.xlsx")


def test_it_waits_for_a_worker_that_has_the_file(atelier, file):
    row = upload(atelier, "products", TEXT, at=timezone.now())
    import_file.claim_it(row, timezone.now() - import_file.LEASE + timedelta(seconds=1))
    call_command("import_file", "atelier", "products", file, "--resume")
    row.refresh_from_db()
    assert row.status == "done"
