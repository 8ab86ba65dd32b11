from __future__ import annotations

import subprocess

import pytest

from tests.wordpress.brain import KEY
from tests.wordpress.site import PLUGIN, ROOT

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

GERMAN = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Test connection"
msgstr "Verbindung prüfen"
"""


def test_it_gives_translators_every_text(tmp_path):
    pot = tmp_path / "now.pot"

    subprocess.run([ROOT / "wp-plugin/make_pot.sh", pot], check=True)

    assert pot.read_text() == (PLUGIN / "languages/luxebrain.pot").read_text()


@pytest.fixture
def german(site):
    """A shop in German, and one German sentence for it."""
    file = site.root / "wp-content/plugins/luxebrain/languages/luxebrain-de_DE.mo"
    subprocess.run(["msgfmt", "-o", file, "-"], input=GERMAN, text=True, check=True)
    # Past update_option(), which takes only languages that Debian's package has.
    site.database.sql(
        "REPLACE wp_options (option_name, option_value) VALUES ('WPLANG', 'de_DE')",
        "wordpress",
    )
    yield site
    file.unlink()


def test_it_speaks_the_language_of_the_site(german, ada):
    german.php(
        "update_option('luxebrain_settings', $given);",
        url="https://brain.example.com",
        secret_key=KEY,
    )

    page = ada.open("/wp-admin/options-general.php?page=luxebrain")

    assert 'value="Verbindung prüfen"' in page.text
