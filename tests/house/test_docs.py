"""The documents name files that exist."""

from __future__ import annotations

import re

import pytest

from tests.house.sources import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
NAMED = re.compile(r"`((?:apps|tests|docs|deploy|luxebrain|wp-plugin)/[\w./-]+)`")
LINKED = re.compile(r"\]\((?!https?:|#)([\w./-]+)\)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_a_document_names_what_exists(path):
    text = path.read_text()
    lost = [name for name in NAMED.findall(text) if not (ROOT / name).exists()]
    lost += [name for name in LINKED.findall(text) if not (path.parent / name).exists()]
    assert lost == []
