"""A stranger's bytes, opened as a picture: what they really are is looked at, not
believed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

from PIL import Image, ImageOps

from apps.core.errors import InvalidInputError, LuxeBrainError

MOST_BYTES = 5 * 1024 * 1024
# A JPEG is made small while it is read; of others each pixel takes up to 20 bytes for a
# moment, so that a file of a few kilobytes could fill a server's memory.
MOST_PIXELS = {"JPEG": 40_000_000}
MOST_OTHERWISE = 12_000_000
# Each scan of a JPEG goes over the whole picture; ten are usual, thousands fit into 2 MB.
SCAN = b"\xff\xda"
MOST_SCANS = 64
# One at a time in a process: what strangers send may take a quarter of a gigabyte.
TURN = BoundedSemaphore(1)
PATIENCE_SECONDS = 2.0
LEAST_SIDE = 16
TOO_MANY = "A JPEG has up to 40 million pixels, another picture up to 12 million."
KINDS = ("JPEG", "PNG", "WEBP")
# More than this tells nothing that is looked for.
SIDE = 96


class PictureRefusedError(InvalidInputError):
    """`code` tells why; the message is for people."""

    code = "picture_unreadable"


class PictureTooLargeError(PictureRefusedError):
    code = "picture_too_large"
    status = 413


class PictureTooSmallError(PictureRefusedError):
    code = "picture_too_small"


class PicturesBusyError(LuxeBrainError):
    """Others are looked at; the same again in a moment."""

    code = "busy"
    status = 503


@contextmanager
def in_turn() -> Iterator[None]:
    if not TURN.acquire(timeout=PATIENCE_SECONDS):
        raise PicturesBusyError("Too many pictures at once. Send it again in a moment.")
    try:
        yield
    finally:
        TURN.release()


def opened(data: bytes) -> Image.Image:
    """RGBA, upright, no side longer than SIDE; of an animation the first picture."""
    if len(data) > MOST_BYTES:
        raise PictureTooLargeError("A picture has up to 5 MB.")
    if data.count(SCAN) > MOST_SCANS:
        raise PictureRefusedError("This picture takes too long to read.")
    with in_turn():
        return read(data)


def read(data: bytes) -> Image.Image:
    try:
        return small(Image.open(BytesIO(data), formats=KINDS))
    except PictureRefusedError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLargeError(TOO_MANY) from error
    except Exception as error:
        # Whatever Pillow stumbles over in a stranger's file.
        raise PictureRefusedError("This is no JPEG, PNG or WebP picture.") from error


def small(picture: Any) -> Image.Image:
    """Before a pixel is read, its size must be fine. Made small before anything else: a
    picture of 12 million points takes 48 MB in full colors."""
    most = MOST_PIXELS.get(picture.format, MOST_OTHERWISE)
    if picture.width * picture.height > most:
        raise PictureTooLargeError(TOO_MANY)
    if min(picture.size) < LEAST_SIDE:
        raise PictureTooSmallError(
            f"A picture has {LEAST_SIDE} pixels a side at least."
        )
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))
    if picture.mode.startswith("I;16"):
        # Pillow cuts 16 bits off above 255 instead of scaling them.
        picture = picture.point(lambda value: value / 256).convert("L")
    picture.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    return ImageOps.exif_transpose(picture).convert("RGBA")
