"""Ids of events: made once, so that sending twice is not happening twice."""

from __future__ import annotations

import os
import time


def uuid7() -> str:
    """A UUID of version 7 (RFC 9562, section 5.7): in the order of time, then random.

    `os.urandom` and not `random`: a forked child must not repeat its parent's ids.
    """
    milliseconds = time.time_ns() // 1_000_000
    drawn = int.from_bytes(os.urandom(10), "big")
    number = (milliseconds & (1 << 48) - 1) << 80
    number |= 0x7 << 76 | (drawn >> 68) << 64 | 0b10 << 62 | drawn & (1 << 62) - 1
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
