"""What a picture is described by, and which pictures are refused."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from apps.visual_search.services.describe import LENGTH, PARTS, describe
from apps.visual_search.services.opened import (
    MOST_BYTES,
    PictureRefusedError,
    PictureTooLargeError,
    PictureTooSmallError,
)
from tests.visual_search.drawn import (
    BLACK,
    BLUE,
    CREAM,
    DARK_RED,
    GREEN,
    RED,
    WHITE,
    data,
    jpeg,
    picture,
)

RACK = {
    "red dress": jpeg(RED, "dress"),
    "red shirt": jpeg(RED, "shirt"),
    "red striped dress": jpeg(RED, "dress", stripes=WHITE),
    "blue dress": jpeg(BLUE, "dress"),
    "blue shirt": jpeg(BLUE, "shirt"),
    "green trousers": jpeg(GREEN, "trousers"),
    "black trousers": jpeg(BLACK, "trousers"),
}


def ranked(sent):
    wanted = describe(sent).numbers
    scores = {name: float(describe(one).numbers @ wanted) for name, one in RACK.items()}
    return sorted(scores, key=lambda name: -scores[name])


def turned(made):
    """As phones keep it: on its side, with a note which way is up."""
    notes = Image.Exif()
    notes[0x0112] = 6
    return data(made.convert("RGB").rotate(90, expand=True), exif=notes)


RED_DRESS = {
    "the same": jpeg(RED, "dress"),
    "recompressed": data(picture(RED, "dress"), quality=30),
    "smaller": jpeg(RED, "dress", size=(120, 120)),
    "wider": jpeg(RED, "dress", size=(500, 500)),
    "as WebP": data(picture(RED, "dress"), "WEBP"),
    "as PNG": data(picture(RED, "dress"), "PNG"),
    "turned by its notes": turned(picture(RED, "dress")),
    "cut out": data(picture(RED, "dress", backdrop=None), "PNG"),
    "before another wall": jpeg(RED, "dress", backdrop=(120, 150, 190)),
    "in a darker room": jpeg(DARK_RED, "dress"),
}


@pytest.mark.parametrize("how", RED_DRESS)
def test_it_finds_the_red_dress_again(how):
    assert ranked(RED_DRESS[how])[0] == "red dress"


def test_it_puts_color_before_shape_and_pattern_before_another_color():
    order = ranked(jpeg(RED, "dress", size=(280, 280)))
    assert order.index("red striped dress") < order.index("blue dress")
    assert order.index("red shirt") < order.index("blue shirt")


def test_it_tells_striped_from_plain():
    assert ranked(jpeg(RED, "dress", stripes=CREAM))[0] == "red striped dress"


def test_it_names_main_colors():
    assert describe(jpeg(RED)).colors == ("red",)
    assert describe(jpeg(BLACK)).colors[0] == "black"
    assert set(describe(jpeg(BLUE, stripes=CREAM)).colors) == {"blue", "beige"}


def test_its_numbers_are_one_unit_long_and_of_stated_parts():
    found = describe(jpeg(GREEN, "shirt"))
    assert found.numbers.shape == (LENGTH,)
    assert LENGTH <= 256
    assert float(np.linalg.norm(found.numbers)) == pytest.approx(1, abs=1e-5)
    assert sum(weight for _, weight in PARTS.values()) == pytest.approx(1)
    assert len(found.as_bytes()) == 2 * LENGTH


def test_the_same_picture_has_the_same_numbers():
    sent = jpeg(BLUE, "shirt")
    assert describe(sent).as_bytes() == describe(sent).as_bytes()


def test_a_busy_background_is_not_taken_for_the_thing():
    rng = np.random.default_rng(7)
    noise = rng.integers(60, 190, (10, 10, 3), dtype=np.uint8)
    room = Image.fromarray(noise).resize((300, 300), Image.Resampling.BILINEAR)
    room.paste(
        picture(RED, "dress", backdrop=None), (0, 0), picture(RED, backdrop=None)
    )
    assert "red" in describe(data(room)).colors


def test_of_an_animation_it_sees_the_first_picture():
    frames = [picture(RED, "dress"), picture(BLUE, "dress")]
    moving = data(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    assert ranked(moving)[0] == "red dress"


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "CMYK", "I;16"])
def test_it_reads_every_way_to_keep_a_picture(mode):
    made = picture(BLACK, "trousers").convert("RGB")
    if mode == "I;16":
        gray = np.asarray(made.convert("L")).astype(np.uint16) * 257
        sent = data(Image.fromarray(gray), "PNG")
    else:
        kept = made.convert("L") if mode == "I;16" else made.convert(mode)
        file = io.BytesIO()
        kept.save(file, "JPEG" if mode == "CMYK" else "PNG")
        sent = file.getvalue()
    assert ranked(sent)[0] == "black trousers"


@pytest.mark.parametrize("color", [WHITE, BLACK, RED])
def test_a_picture_of_one_color_is_described_too(color):
    found = describe(data(Image.new("RGB", (64, 64), color)))
    assert np.isfinite(found.numbers).all()
    assert found.colors


def bomb(width, height):
    """A PNG of a few bytes that claims to be as large as that."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))  # fmt: skip

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixels + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
UNREADABLE = {
    "nothing": b"",
    "text": b"no picture",
    "svg": SVG,
    "gif": data(picture().convert("P"), "GIF"),
    "bmp": data(picture().convert("RGB"), "BMP"),
    "broken jpeg": jpeg()[:400],
    "cut short png": data(picture(), "PNG")[:200],
    "zip": b"PK\x03\x04" + b"\0" * 100,
    "zeros": b"\0" * 1000,
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_it_refuses_what_is_no_picture_it_knows(name):
    with pytest.raises(PictureRefusedError) as refused:
        describe(UNREADABLE[name])
    assert refused.value.code == "picture_unreadable"


def test_it_refuses_too_many_bytes_and_too_many_pixels():
    for sent in (
        b"\xff" * (MOST_BYTES + 1),
        bomb(30_000, 30_000),
        bomb(10_000, 10_000),
        bomb(8_000, 5_001),
    ):
        with pytest.raises(PictureTooLargeError):
            describe(sent)


def test_it_refuses_a_dot():
    with pytest.raises(PictureTooSmallError):
        describe(data(Image.new("RGB", (15, 200), RED)))
