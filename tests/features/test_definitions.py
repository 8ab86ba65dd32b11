"""What is declared is what is worked out, shown and documented."""

from __future__ import annotations

import re

import pytest

from apps.features.definitions import KINDS, Unit
from apps.features.models import CustomerFeatures, ProductFeatures
from tests.house.sources import ROOT

DOCUMENT = ROOT / "docs" / "features.md"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_it_declares_a_number_once(kind):
    names = [feature.name for feature in kind.features]
    assert len(names) == len(set(names))
    assert not set(names) & {*kind.keys, "as_of", "numbers", "store", "id"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_it_says_each_number_in_words(kind):
    for feature in kind.features:
        assert feature.label[0].isupper(), feature.name
        assert not feature.words.endswith("."), feature.name


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_it_documents_each_number(kind):
    """As docs/features.md has it; mend it by hand, it is read by people."""
    section = DOCUMENT.read_text().split(f"\n## {kind.name.capitalize()}")[1]
    table = section.split("\n## ")[0]
    documented = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+?) \|$", table, re.MULTILINE)
    assert documented == [(f.name, f.unit.value, f.words) for f in kind.features]


@pytest.mark.parametrize("model", [CustomerFeatures, ProductFeatures])
def test_it_has_columns_for_declared_numbers_only(model):
    kind = KINDS[model.SUBJECT[0]]
    declared = {feature.name: feature.unit for feature in kind.features}
    assert model.columns() <= declared.keys()
    for name in model.columns():
        is_whole = declared[name] == Unit.COUNT
        kind_of = type(model._meta.get_field(name)).__name__
        assert kind_of == ("IntegerField" if is_whole else "FloatField"), name
