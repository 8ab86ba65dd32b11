"""Lines for the person at the terminal; colors only where a terminal shows them."""

from __future__ import annotations

import os
import sys
import threading

CODES = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36}
one_at_a_time = threading.Lock()


def is_colorful() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def paint(text: str, color: str) -> str:
    return f"\x1b[{CODES[color]}m{text}\x1b[0m" if is_colorful() else text


def say(text: str = "") -> None:
    with one_at_a_time:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


class PlainError(Exception):
    """Something that the person must mend; its text says what and how."""


def give_up(trouble: Exception) -> int:
    with one_at_a_time:
        sys.stderr.write(f"{paint('error', 'red')}: {trouble}\n")
    return 1
