"""The zip that shops install: the same bytes each time, and it works."""

from __future__ import annotations

import shutil
import subprocess
import zipfile

import pytest

from deploy.local import plugin_zip

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

PLUGIN = "luxebrain/luxebrain.php"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return plugin_zip.build(tmp_path_factory.mktemp("dist"))


def names(archive):
    with zipfile.ZipFile(archive) as opened:
        return opened.namelist()


def test_it_is_the_same_bytes_each_time(built, tmp_path):
    assert plugin_zip.build(tmp_path).read_bytes() == built.read_bytes()


def test_it_holds_the_plugin_and_nothing_of_its_workshop(built):
    found = names(built)

    assert {f"luxebrain/{name}" for name in ("luxebrain.php", "readme.txt")} < set(
        found
    )
    assert all(name.startswith("luxebrain/") for name in found)
    assert [
        name for name in found if "/tests/" in name or name.endswith((".dist", ".zip"))
    ] == []
    assert found == sorted(found)


def test_it_is_called_by_its_version(built):
    readme = (plugin_zip.PLUGIN / "readme.txt").read_text()

    assert built.name == f"luxebrain-{plugin_zip.version()}.zip"
    assert f"Stable tag: {plugin_zip.version()}\n" in readme


@pytest.fixture
def unpacked(site, built):
    """A WordPress whose plugin came out of the zip."""
    plugins = site.root / "wp-content/plugins"
    site.php(f"deactivate_plugins('{PLUGIN}');")
    (plugins / "luxebrain").rename(site.folder / "luxebrain-aside")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(plugins)
    yield plugins / "luxebrain"
    shutil.rmtree(plugins / "luxebrain")
    (site.folder / "luxebrain-aside").rename(plugins / "luxebrain")


def test_every_file_of_it_is_php(unpacked):
    for path in unpacked.rglob("*.php"):
        done = subprocess.run(
            ["php", "-l", path], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_it_can_be_activated(site, unpacked, ada):
    site.php(f"activate_plugin('{PLUGIN}');")

    page = ada.open("/wp-admin/options-general.php?page=luxebrain")

    assert "<h1>LuxeBrain</h1>" in page.text
    assert site.complaints() == []
