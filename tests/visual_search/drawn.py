"""Pictures of clothes, drawn as shops show them, and as shoppers send them."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

RED, DARK_RED, BLUE, GREEN = (190, 25, 40), (165, 20, 32), (30, 60, 170), (30, 130, 60)
BLACK, WHITE, CREAM = (20, 20, 22), (250, 250, 250), (238, 228, 206)
SHAPES = {
    "dress": [(38, 10), (62, 10), (60, 45), (80, 92), (20, 92), (40, 45)],
    "shirt": [(20, 25), (40, 15), (60, 15), (80, 25), (74, 45), (66, 42), (66, 85), (34, 85), (34, 42), (26, 45)],
    "trousers": [(34, 10), (66, 10), (70, 92), (54, 92), (50, 40), (46, 92), (30, 92)],
}  # fmt: skip


def picture(color=RED, shape="dress", *, stripes=None, backdrop=WHITE, size=(300, 300)):
    """RGBA of the thing before its backdrop; None: before nothing."""
    scale = (size[0] / 100, size[1] / 100)
    cut = Image.new("L", size, 0)
    ImageDraw.Draw(cut).polygon(
        [(x * scale[0], y * scale[1]) for x, y in SHAPES[shape]], fill=255
    )
    cloth = Image.new("RGB", size, color)
    if stripes:
        pen = ImageDraw.Draw(cloth)
        for y in range(0, size[1], 16):
            pen.rectangle((0, y, size[0], y + 7), fill=stripes)
    made = Image.new("RGBA", size, (*(backdrop or BLACK), 255 if backdrop else 0))
    made.paste(cloth, (0, 0), cut)
    if not backdrop:
        made.putalpha(cut)
    return made


def data(made, kind="JPEG", **how):
    file = io.BytesIO()
    made = made.convert("RGB") if kind == "JPEG" else made
    made.save(file, kind, **how)
    return file.getvalue()


def jpeg(*args, **more):
    return data(picture(*args, **more), quality=90)
