"""A stranger's bytes, opened as a picture: what they really are is looked at, not
believed."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

from apps.core.errors import InvalidInputError

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
LEAST_SIDE = 16
TOO_MANY = "A picture has up to 40 million pixels."
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


def opened(data: bytes) -> Image.Image:
    """RGBA, upright, no side longer than SIDE; of an animation the first picture."""
    if len(data) > MOST_BYTES:
        raise PictureTooLargeError("A picture has up to 5 MB.")
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
    picture of 40 million points takes 160 MB in full colors."""
    if picture.width * picture.height > MOST_PIXELS:
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
