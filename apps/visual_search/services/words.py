"""Why a product was found, in words for shoppers. Translated when they are told."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

SENTENCES = {
    ("color", "pattern", "shape"): _("Similar color, pattern and shape"),
    ("color", "pattern"): _("Similar color and pattern"),
    ("color", "shape"): _("Similar color and shape"),
    ("pattern", "shape"): _("Similar pattern and shape"),
    ("color",): _("Similar color"),
    ("pattern",): _("Similar pattern"),
    ("shape",): _("Similar shape"),
    (): _("Looks a little like it"),
}


def sentence(alike: Collection[str]) -> str:
    return gettext(SENTENCES[tuple(alike)])


def code(alike: Collection[str]) -> str:
    """As the log names it: color_pattern."""
    return "_".join(alike) or "little"
