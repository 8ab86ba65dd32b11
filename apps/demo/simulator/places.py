"""Where customers live and what they are called there."""

# ruff: noqa: RUF001, names are written as their bearers write them
from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    country: str
    share: float
    language: str
    names: str
    is_gulf: bool
    cities: tuple[tuple[str, str, str], ...]  # city, region, first digits of postcodes


PLACES = (
    Place("DE", 0.26, "de", "german", False, (("Berlin", "Berlin", "10"), ("Hamburg", "Hamburg", "20"), ("München", "Bayern", "80"), ("Köln", "Nordrhein-Westfalen", "50"), ("Frankfurt am Main", "Hessen", "60"))),
    Place("AE", 0.17, "ar", "arabic", True, (("Dubai", "Dubai", ""), ("Abu Dhabi", "Abu Dhabi", ""), ("Sharjah", "Sharjah", ""))),
    Place("SA", 0.14, "ar", "arabic", True, (("Riyadh", "Riyadh", "11"), ("Jeddah", "Makkah", "21"), ("Dammam", "Eastern Province", "31"))),
    Place("FR", 0.08, "fr", "french", False, (("Paris", "Île-de-France", "75"), ("Lyon", "Auvergne-Rhône-Alpes", "69"), ("Marseille", "Provence-Alpes-Côte d'Azur", "13"))),
    Place("GB", 0.07, "en", "english", False, (("London", "England", "SW"), ("Manchester", "England", "M"), ("Birmingham", "England", "B"))),
    Place("AT", 0.05, "de", "german", False, (("Wien", "Wien", "10"), ("Graz", "Steiermark", "80"))),
    Place("NL", 0.05, "nl", "german", False, (("Amsterdam", "Noord-Holland", "10"), ("Rotterdam", "Zuid-Holland", "30"))),
    Place("TR", 0.05, "tr", "turkish", False, (("İstanbul", "İstanbul", "34"), ("İzmir", "İzmir", "35"))),
    Place("KW", 0.04, "ar", "arabic", True, (("Kuwait City", "Al Asimah", "13"),)),
    Place("QA", 0.03, "ar", "arabic", True, (("Doha", "Ad Dawhah", ""),)),
    Place("EG", 0.03, "ar", "arabic", True, (("Cairo", "Cairo", "11"), ("Alexandria", "Alexandria", "21"))),
    Place("ES", 0.03, "es", "french", False, (("Madrid", "Madrid", "28"), ("Barcelona", "Cataluña", "08"))),
)  # fmt: skip
NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "german": (
        ("Anna", "Lena", "Sophie", "Julia", "Katharina", "Laura", "Marie", "Hannah", "Johanna", "Lea", "Clara", "Nina", "Sarah", "Eva", "Franziska", "Miriam", "Paula", "Theresa", "Carla", "Ida"),
        ("Müller", "Schmidt", "Weber", "Fischer", "Wagner", "Becker", "Hoffmann", "Koch", "Bauer", "Richter", "Klein", "Wolf", "Neumann", "Schwarz", "Braun", "Krüger", "Hartmann", "Lange", "Vogel", "Jansen"),
    ),
    "arabic": (
        ("Fatima", "Aisha", "Mariam", "Noura", "Sara", "Layla", "Huda", "Amal", "Reem", "Salma", "Hessa", "Dana", "Lulwa", "Rania", "Yasmin", "Zainab", "Shaikha", "Maha", "Abeer", "Nada"),
        ("Al Mansoori", "Al Harbi", "Al Qahtani", "Hassan", "Ibrahim", "Al Suwaidi", "Al Otaibi", "Saleh", "Mahmoud", "Al Sabah", "Khalil", "Al Thani", "Nasser", "Al Zahrani", "Farouk", "Al Ketbi", "Youssef", "Al Shehri", "Haddad", "Al Mutairi"),
    ),
    "french": (
        ("Camille", "Léa", "Chloé", "Inès", "Manon", "Sarah", "Lucie", "Élodie", "Margaux", "Carmen", "Lucía", "Nadia", "Amina", "Claire", "Pauline", "Alba", "Sofia", "Juliette"),
        ("Martin", "Bernard", "Dubois", "Moreau", "Laurent", "Garcia", "Roux", "Fournier", "Girard", "Lefèvre", "Mercier", "Benali", "Ruiz", "Torres", "Navarro", "Blanc", "Faure"),
    ),
    "english": (
        ("Emily", "Olivia", "Charlotte", "Amelia", "Grace", "Zara", "Isla", "Hannah", "Lucy", "Aaliyah", "Chloe", "Maya", "Ruby", "Alice", "Freya", "Imogen"),
        ("Smith", "Jones", "Taylor", "Khan", "Brown", "Wilson", "Evans", "Patel", "Walker", "Hughes", "Ahmed", "Green", "Hall", "Clarke", "Turner", "Baker"),
    ),
    "turkish": (
        ("Elif", "Zeynep", "Ayşe", "Merve", "Selin", "Deniz", "Esra", "Büşra", "Ece", "Gizem", "Derya", "Melis"),
        ("Yılmaz", "Kaya", "Demir", "Şahin", "Çelik", "Yıldız", "Aydın", "Öztürk", "Arslan", "Doğan", "Kılıç", "Koç"),
    ),
}  # fmt: skip
CHANNELS = (
    "organic",
    "paid_search",
    "instagram",
    "tiktok",
    "email",
    "direct",
    "referral",
    "influencer",
)
CHANNEL_SHARES = (0.24, 0.18, 0.22, 0.08, 0.05, 0.13, 0.05, 0.05)
