"""What the shop sells: categories, brands, sizes, and how each kind may look."""

from __future__ import annotations

from dataclasses import dataclass, field

from apps.demo.simulator import palette

SIZES: dict[str, tuple[str, ...]] = {
    "alpha": ("XS", "S", "M", "L", "XL"),
    "trouser": ("34", "36", "38", "40", "42", "44"),
    "shoe": ("36", "37", "38", "39", "40", "41"),
    "one": ("One Size",),
}
STYLES = (
    "classic",
    "romantic",
    "minimal",
    "glamour",
    "boho",
    "edgy",
    "modest",
    "sporty",
)


@dataclass(frozen=True)
class Kind:
    """One category. Prices are euros at the median; `heat` is +1 summer, -1 winter."""

    name: str
    slug: str
    parent: str
    share: float
    price: float
    margin: float
    elasticity: float
    returns: float
    heat: float
    sizes: str
    style: tuple[float, ...]
    choices: dict[str, tuple[str, ...]]
    materials: dict[str, str]
    patterns: dict[str, float] = field(default_factory=lambda: {"plain": 1.0})
    colors: tuple[str, ...] = palette.CLOTH
    eid: float = 0.0
    wedding: float = 0.0


PRINTS = {
    "plain": 0.5,
    "floral": 0.16,
    "dotted": 0.08,
    "striped": 0.07,
    "checked": 0.03,
    "geometric": 0.05,
    "watercolor": 0.06,
    "animal": 0.03,
    "lace": 0.02,
}
FEW = {"plain": 0.78, "checked": 0.1, "striped": 0.07, "floral": 0.05}

KINDS = (
    Kind("Dresses", "dresses", "Clothing", 0.2, 89, 0.62, 2.1, 0.27, 0.55, "alpha", (0.3, 0.9, 0.1, 0.6, 0.4, 0, 0.1, -0.4),
         {"kind": ("dress",), "neck": ("v", "round", "square", "boat", "sweetheart", "deep-v"), "sleeve": ("short", "puff", "straps", "long", "bishop", "elbow", "none", "bell"), "length": ("mini", "knee", "midi", "maxi", "midi"), "skirt": ("a-line", "full", "sheath", "tiered", "wrap"), "belt": ("no", "no", "yes")},
         {"Cotton": "smooth", "Satin": "satin", "Linen": "linen", "Chiffon": "chiffon", "Viscose": "smooth"}, PRINTS, eid=0.7, wedding=0.55),
    Kind("Tops & T-shirts", "tops", "Clothing", 0.12, 29, 0.6, 2.6, 0.12, 0.5, "alpha", (0.2, 0.1, 0.5, -0.2, 0.1, 0.4, -0.3, 0.7),
         {"kind": ("top",), "neck": ("round", "v", "boat", "square"), "sleeve": ("short", "straps", "cap", "elbow", "none", "long"), "length": ("hip", "crop", "hip", "long")},
         {"Cotton": "smooth", "Jersey": "smooth", "Linen": "linen"}, {"plain": 0.6, "striped": 0.24, "dotted": 0.06, "floral": 0.06, "animal": 0.04}),
    Kind("Blouses & Shirts", "blouses", "Clothing", 0.09, 52, 0.63, 2.2, 0.17, 0.1, "alpha", (0.8, 0.5, 0.4, 0, 0, -0.2, 0.4, -0.4),
         {"kind": ("blouse",), "neck": ("collar", "round", "collar", "v"), "sleeve": ("puff-long", "bishop", "long", "puff"), "front": ("button", "bow", "button")},
         {"Poplin": "smooth", "Satin": "satin", "Chiffon": "chiffon", "Linen": "linen"}, {"plain": 0.62, "striped": 0.14, "dotted": 0.1, "floral": 0.1, "watercolor": 0.04}),
    Kind("Knitwear", "knitwear", "Clothing", 0.085, 64, 0.6, 1.9, 0.15, -0.95, "alpha", (0.5, 0.2, 0.6, -0.2, 0.3, -0.1, 0.4, 0.2),
         {"kind": ("knit",), "neck": ("roll", "round", "v", "boat"), "front": ("pullover", "pullover", "cardigan")},
         {"Merino": "knit", "Cashmere Blend": "knit", "Cotton Knit": "knit"}, {"plain": 0.82, "striped": 0.18}),
    Kind("Skirts", "skirts", "Clothing", 0.075, 54, 0.61, 2.2, 0.2, 0.25, "alpha", (0.4, 0.7, 0.1, 0.2, 0.4, 0, 0.3, -0.3),
         {"kind": ("skirt",), "skirt": ("pleated", "a-line", "sheath", "full", "tiered", "wrap"), "length": ("midi", "maxi", "knee", "mini", "midi")},
         {"Satin": "satin", "Cotton": "smooth", "Crepe": "smooth", "Linen": "linen"}, {"plain": 0.58, "floral": 0.12, "checked": 0.14, "dotted": 0.08, "geometric": 0.04, "animal": 0.04}, eid=0.2),
    Kind("Trousers", "trousers", "Clothing", 0.075, 62, 0.6, 2.0, 0.24, 0.0, "trouser", (0.7, -0.1, 0.8, 0, 0, 0.1, 0.3, 0),
         {"kind": ("trousers",), "cut": ("wide", "straight", "tapered", "palazzo", "flared"), "length": ("full", "full", "cropped"), "belt": ("no", "no", "yes")},
         {"Crepe": "smooth", "Linen": "linen", "Wool Blend": "smooth"}, FEW),
    Kind("Jeans", "jeans", "Clothing", 0.06, 69, 0.58, 1.8, 0.26, -0.1, "trouser", (0.2, -0.3, 0.4, -0.2, 0.1, 0.8, -0.4, 0.5),
         {"kind": ("jeans",), "cut": ("straight", "wide", "skinny", "flared", "tapered"), "length": ("full", "full", "cropped")},
         {"Denim": "denim", "Stretch Denim": "denim"}, colors=palette.DENIM),
    Kind("Coats & Jackets", "coats-jackets", "Clothing", 0.075, 139, 0.57, 1.6, 0.2, -1.0, "alpha", (0.8, 0, 0.5, 0.1, -0.1, 0.5, 0.2, 0.1),
         {"kind": ("coat",), "style": ("trench", "blazer", "wrap", "puffer", "double", "biker", "blazer"), "length": ("knee", "hip", "knee", "maxi", "hip")},
         {"Wool Blend": "smooth", "Gabardine": "smooth", "Bouclé": "knit"}, {"plain": 0.85, "checked": 0.15}),
    Kind("Abayas & Kaftans", "abayas-kaftans", "Modest", 0.085, 118, 0.65, 1.5, 0.1, 0.1, "alpha", (0.3, 0.4, 0, 0.6, 0.3, -0.5, 1.5, -0.6),
         {"kind": ("abaya",), "style": ("open", "closed", "kaftan", "butterfly"), "trim": ("embroidered", "plain", "embroidered"), "belt": ("no", "yes", "no")},
         {"Crepe": "smooth", "Satin": "satin", "Chiffon": "chiffon", "Nida": "smooth"}, {"plain": 0.72, "geometric": 0.08, "floral": 0.08, "watercolor": 0.08, "lace": 0.04}, palette.MODEST, eid=1.5, wedding=0.35),
    Kind("Shoes", "shoes", "Shoes & Accessories", 0.07, 84, 0.55, 1.7, 0.23, 0.05, "shoe", (0.4, 0.2, 0.2, 0.5, 0, 0.3, 0, 0.3),
         {"kind": ("shoe",), "style": ("pump", "sandal", "flat", "loafer", "boot", "sneaker")},
         {"Leather": "leather", "Suede": "smooth", "Satin": "satin"}, colors=palette.LEATHER, eid=0.5, wedding=0.5),
    Kind("Bags", "bags", "Shoes & Accessories", 0.04, 96, 0.6, 1.4, 0.06, 0.05, "one", (0.5, 0.2, 0.4, 0.7, 0, 0.2, 0.1, -0.2),
         {"kind": ("bag",), "style": ("tote", "flap", "bucket", "clutch", "hobo")},
         {"Leather": "leather", "Grained Leather": "leather"}, colors=palette.LEATHER, eid=0.5, wedding=0.4),
    Kind("Scarves & Hats", "scarves-hats", "Shoes & Accessories", 0.025, 32, 0.68, 2.0, 0.04, -0.35, "one", (0.3, 0.4, 0.1, 0.1, 0.5, -0.2, 0.9, -0.2),
         {"kind": ("scarf", "scarf", "hat"), "style": ("loop", "square")},
         {"Silk": "satin", "Modal": "chiffon", "Wool": "knit"}, {"plain": 0.4, "floral": 0.2, "checked": 0.15, "geometric": 0.1, "watercolor": 0.15}, eid=0.4),
)  # fmt: skip
SLUGS = tuple(kind.slug for kind in KINDS)


@dataclass(frozen=True)
class Brand:
    name: str
    level: float  # price level, 1 is the middle of the shop
    style: tuple[float, ...]
    supplier: int


BRANDS = (
    Brand("Velanne", 0.78, (0.2, 0.3, 0.2, 0, 0, 0.1, 0, 0.5), 0),
    Brand("Orsaya", 1.0, (0.1, 0.8, 0, 0.3, 0.4, -0.2, 0, -0.2), 1),
    Brand("Tesselle", 0.92, (0.3, 0, 0.8, -0.2, 0, 0.2, 0, 0.1), 2),
    Brand("Marenne Atelier", 1.55, (0.9, 0.2, 0.4, 0.6, -0.2, 0, 0, -0.3), 3),
    Brand("Qamarine", 1.2, (0.1, 0.3, 0, 0.6, 0.1, -0.4, 1.0, -0.5), 4),
    Brand("Hadiyra", 0.95, (0.2, 0.3, 0.1, 0.1, 0.3, -0.4, 1.1, -0.3), 4),
    Brand("Ondaline", 0.85, (0, 0.2, 0, -0.1, 0.9, 0.2, 0, 0.3), 1),
    Brand("Sabelle Row", 1.3, (0, 0, 0.3, 0.4, -0.1, 0.9, -0.3, 0.2), 3),
    Brand("Northmoor", 1.05, (0.6, -0.1, 0.5, -0.3, 0.2, 0.1, 0.2, 0.3), 5),
    Brand("Selmira Edit", 0.88, (0.5, 0.3, 0.3, 0.2, 0, 0, 0.2, 0), 0),
)


@dataclass(frozen=True)
class Maker:
    """A supplier: days from order to arrival, and the least it delivers."""

    name: str
    country: str
    lead_days: float
    lead_sd: float
    least: int


MAKERS = (
    Maker("Porto Têxtil Norte", "PT", 21, 4, 12),
    Maker("Izmir Dikim Evi", "TR", 18, 5, 10),
    Maker("Łódź Fashion Works", "PL", 16, 3, 8),
    Maker("Atelier Brianza", "IT", 30, 6, 6),
    Maker("Sharjah Garment House", "AE", 12, 3, 8),
    Maker("Suzhou Knit & Wool", "CN", 48, 9, 24),
)
