"""Names, occasions and descriptions of products."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

FIRST = (
    "Amira", "Lina", "Noor", "Elise", "Marta", "Yasmin", "Clara", "Salma", "Inga", "Leila",
    "Freya", "Dalia", "Vera", "Rania", "Celia", "Mina", "Hana", "Alba", "Zahra", "Iris",
    "Selin", "Thea", "Maya", "Nadia", "Olivia", "Samira", "Greta", "Layan", "Flora", "Aylin",
    "Juno", "Rosa", "Dina", "Edith", "Farah", "Lucia", "Hala", "Nora", "Petra", "Reem",
    "Sofia", "Tala", "Ada", "Bianca", "Carmen", "Delia", "Esma", "Gala", "Hedda", "Ilaria",
    "Jamila", "Kaia", "Lamia", "Mira", "Nell", "Odette", "Perla", "Quinn", "Rima", "Stella",
)  # fmt: skip
NOUNS = {
    "tops": "Top", "blouses": "Blouse", "knitwear": "Sweater", "skirts": "Skirt",
    "trousers": "Trousers", "jeans": "Jeans", "shoes": "", "bags": "", "scarves-hats": "",
    "coats-jackets": "Coat", "abayas-kaftans": "Abaya", "dresses": "Dress",
}  # fmt: skip
WORDS = {
    "v": "V-Neck", "deep-v": "Plunge", "square": "Square-Neck", "boat": "Boat-Neck",
    "sweetheart": "Sweetheart", "roll": "Roll-Neck", "puff": "Puff-Sleeve",
    "puff-long": "Puff-Sleeve", "bishop": "Bishop-Sleeve", "bell": "Bell-Sleeve",
    "straps": "Strappy", "none": "Sleeveless", "bow": "Tie-Neck", "a-line": "A-Line",
    "full": "Swing", "tiered": "Tiered", "wrap": "Wrap", "sheath": "Pencil",
    "pleated": "Pleated", "mini": "Mini", "midi": "Midi", "maxi": "Maxi", "crop": "Cropped",
    "cropped": "Cropped", "wide": "Wide-Leg", "palazzo": "Palazzo", "straight": "Straight",
    "tapered": "Tapered", "skinny": "Skinny", "flared": "Flared", "trench": "Trench",
    "blazer": "Blazer", "puffer": "Puffer", "biker": "Biker", "double": "Double-Breasted",
    "open": "Open", "closed": "Classic", "kaftan": "Kaftan", "butterfly": "Butterfly",
    "cardigan": "Cardigan",
}  # fmt: skip
SHOES = {
    "pump": "Pumps",
    "sandal": "Block-Heel Sandals",
    "flat": "Ballet Flats",
    "loafer": "Loafers",
    "boot": "Ankle Boots",
    "sneaker": "Sneakers",
}
BAGS = {
    "tote": "Tote Bag",
    "flap": "Shoulder Bag",
    "bucket": "Bucket Bag",
    "clutch": "Clutch",
    "hobo": "Hobo Bag",
}
PRINT_WORDS = {
    "floral": "Floral",
    "dotted": "Polka-Dot",
    "striped": "Striped",
    "checked": "Checked",
    "geometric": "Geometric",
    "watercolor": "Watercolor",
    "animal": "Leopard",
    "lace": "Lace",
}
ARABIC = {
    "dresses": "فستان", "tops": "بلوزة قطنية", "blouses": "بلوزة", "knitwear": "كنزة",
    "skirts": "تنورة", "trousers": "بنطلون", "jeans": "جينز", "coats-jackets": "معطف",
    "abayas-kaftans": "عباية", "shoes": "حذاء", "bags": "حقيبة", "scarves-hats": "وشاح",
}  # fmt: skip


def _garment(slug: str, shape: Mapping[str, str]) -> str:
    style = shape.get("style", "")
    if slug == "shoes":
        return SHOES[style]
    if slug == "bags":
        return BAGS[style]
    if slug == "scarves-hats":
        if shape["kind"] == "hat":
            return "Wide-Brim Hat"
        return "Scarf" if style == "loop" else "Square Scarf"
    if slug == "knitwear":
        return "Cardigan" if shape["front"] == "cardigan" else "Sweater"
    if slug == "coats-jackets":
        named = {
            "blazer": "Blazer",
            "puffer": "Puffer Jacket",
            "biker": "Biker Jacket",
            "trench": "Trench Coat",
            "wrap": "Wrap Coat",
        }
        return named.get(style, "Double-Breasted Coat")
    if slug == "abayas-kaftans":
        return {
            "kaftan": "Kaftan",
            "butterfly": "Butterfly Abaya",
            "open": "Open Abaya",
        }.get(style, "Abaya")
    return NOUNS[slug]


def title(
    slug: str,
    shape: Mapping[str, str],
    material: str,
    pattern: str,
    rng: np.random.Generator,
    taken: set[str],
) -> str:
    """A name no other product has: "Amira Satin Wrap Midi Dress"."""
    keys = {
        "dresses": ("skirt", "length"),
        "tops": ("neck",),
        "blouses": ("sleeve",),
        "knitwear": ("neck",),
        "skirts": ("skirt", "length"),
        "trousers": ("cut",),
        "jeans": ("cut",),
    }
    words = [WORDS[shape[key]] for key in keys.get(slug, ()) if shape.get(key) in WORDS]
    cloth = PRINT_WORDS.get(pattern, "") or (material if slug != "jeans" else "")
    garment = _garment(slug, shape)
    for _ in range(200):
        first = FIRST[int(rng.integers(len(FIRST)))]
        name = " ".join(part for part in (first, cloth, *words, garment) if part)
        if name not in taken:
            break
        words = words[:1] if rng.random() < 0.5 else words
    else:
        name = f"{name} {len(taken)}"
    taken.add(name)
    return name


def occasion_of(
    slug: str, shape: Mapping[str, str], material: str, rng: np.random.Generator
) -> str:
    if slug == "abayas-kaftans":
        return "Eid & Ramadan" if shape["trim"] == "embroidered" else "Everyday"
    if slug == "dresses" and (
        material in {"Satin", "Chiffon"} or shape["length"] == "maxi"
    ):
        return str(rng.choice(["Wedding Guest", "Evening", "Eid & Ramadan"]))
    if slug in {"blouses", "trousers", "coats-jackets"}:
        return str(rng.choice(["Office", "Office", "Everyday"]))
    return str(
        rng.choice(
            ["Everyday", "Weekend", "Holiday", "Evening"], p=[0.45, 0.25, 0.18, 0.12]
        )
    )


def describe(
    slug: str,
    name: str,
    shape: Mapping[str, str],
    material: str,
    pattern: str,
    occasion: str,
) -> tuple[str, str, str]:
    """The long text, the short one and the Arabic name."""
    garment = _garment(slug, shape).lower()
    details = [WORDS[value].lower() for value in shape.values() if value in WORDS][:3]
    cut = " and ".join(details) or "clean"
    look = (
        "in one calm color"
        if pattern == "plain"
        else f"with a {PRINT_WORDS[pattern].lower()} pattern"
    )
    short = f"{material} {garment} {look}, made for {occasion.lower()}."
    text = (
        f"<p>{name}: a {cut} shape in {material.lower()}, {look}. "
        f"It goes from {occasion.lower()} to every day with a change of shoes.</p>"
        f"<ul><li>Material: {material}</li><li>Occasion: {occasion}</li></ul>"
    )
    return text, short, f"{ARABIC[slug]} {name.split()[0]}"
