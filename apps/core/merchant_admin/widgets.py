from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from unfold.widgets import UnfoldAdminDecimalFieldWidget


class MoneyWidget(UnfoldAdminDecimalFieldWidget):
    """15.68 rather than 15.6800; tenths of a cent are shown where there are some."""

    def format_value(self, value: Any) -> Any:
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            return super().format_value(value)
        cents = amount.quantize(Decimal("0.01"))
        return super().format_value(
            f"{cents if cents == amount else amount.normalize():f}"
        )
