from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from unfold.decorators import display as untyped_display

Method = TypeVar("Method", bound=Callable[..., Any])


def display(
    *,
    description: str,
    ordering: str | None = None,
    boolean: bool | None = None,
    label: dict[str, str | None] | None = None,
    header: bool | None = None,
) -> Callable[[Method], Method]:
    """The theme's decorator for a column or field, with types. `label` gives tones."""
    decorate: Callable[[Method], Method] = untyped_display(
        description=description,
        ordering=ordering,
        boolean=boolean,
        label=label,
        header=header,
    )
    return decorate
