"""What can be told from a browser's name, an address and where a visit came from.
Nothing here asks anybody: unknown is an empty text."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, NamedTuple

import maxminddb
import ua_parser
from django.conf import settings

REMEMBERED = 20_000


class Browser(NamedTuple):
    device: str = ""
    browser: str = ""
    system: str = ""
    is_bot: bool = False


# What the parser's own list, made from web servers' logs, does not know as a robot.
ROBOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|headless|lighthouse|prerender|preview|monitor|"
    r"scrap|phantomjs|selenium|puppeteer|playwright|python-|httpx|aiohttp|curl/|wget/|"
    r"java/|okhttp|go-http|libwww|axios|node-fetch|guzzle|facebookexternalhit",
    re.IGNORECASE,
)
TABLET = re.compile(
    r"ipad|tablet|kindle|silk/|playbook|android(?!.*mobile)", re.IGNORECASE
)
PHONE = re.compile(r"iphone|ipod|mobile|phone|blackberry", re.IGNORECASE)
COMPUTER = re.compile(r"windows nt|macintosh|x11|cros|linux", re.IGNORECASE)


@lru_cache(REMEMBERED)
def browser_of(text: str) -> Browser:
    if not text:
        return Browser()
    found = ua_parser.parse(text)
    browser = found.user_agent.family if found.user_agent else ""
    system = found.os.family if found.os else ""
    is_spider = found.device is not None and found.device.brand == "Spider"
    is_bot = is_spider or bool(ROBOT.search(text))
    device = "" if is_bot else device_of(text)
    return Browser(device, browser[:60], system[:60], is_bot)


def device_of(text: str) -> str:
    kinds = {"tablet": TABLET, "phone": PHONE, "computer": COMPUTER}
    return next((name for name, sign in kinds.items() if sign.search(text)), "")


DIRECT, SEARCH, SOCIAL, EMAIL = "direct", "search", "social", "email"
MESSAGES, ADS, REFERRAL = "messages", "ads", "referral"
CHANNELS = {
    DIRECT: "Typed or bookmarked",
    SEARCH: "Search engines",
    SOCIAL: "Social media",
    EMAIL: "E-mail",
    MESSAGES: "Messages",
    ADS: "Paid ads",
    REFERRAL: "Other websites",
    "": "Unknown",
}
MEDIA = {
    "email": EMAIL, "e-mail": EMAIL, "e_mail": EMAIL, "mail": EMAIL, "newsletter": EMAIL,
    "sms": MESSAGES, "whatsapp": MESSAGES, "push": MESSAGES, "messenger": MESSAGES,
    "cpc": ADS, "ppc": ADS, "cpm": ADS, "cpv": ADS, "cpa": ADS, "display": ADS,
    "banner": ADS, "retargeting": ADS, "ads": ADS, "shopping": ADS,
    "social": SOCIAL, "social-media": SOCIAL, "social_media": SOCIAL, "sm": SOCIAL,
    "organic": SEARCH, "search": SEARCH,
    "referral": REFERRAL, "affiliate": REFERRAL, "partner": REFERRAL,
}  # fmt: skip
# Networks put these into the address of whoever clicks an ad. Not `fbclid`, which
# Facebook adds to every link.
AD_MARKS = re.compile(r"[?&](gclid|gbraid|wbraid|msclkid|dclid|ttclid)=")
ENGINES = frozenset({
    "google", "bing", "duckduckgo", "yahoo", "ecosia", "yandex", "baidu", "startpage",
    "qwant", "naver", "seznam", "kagi",
})  # fmt: skip
NETWORKS = frozenset({
    "facebook", "instagram", "pinterest", "tiktok", "twitter", "linkedin", "reddit",
    "youtube", "snapchat", "threads", "tumblr", "vk", "weibo", "bsky",
})  # fmt: skip
SHORT_NETWORKS = frozenset({"t.co", "x.com", "pin.it", "fb.me", "lnkd.in", "bsky.app"})
MAILBOXES = frozenset({
    "mail.google.com", "outlook.live.com", "mail.yahoo.com", "com.google.android.gm",
    "outlook.office.com", "mail.proton.me",
})  # fmt: skip


@lru_cache(REMEMBERED)
def channel_of(url: str, referrer: str, source: str, medium: str) -> str:
    """How a visit came: `url` where it began, `referrer` the page before."""
    if not url and not referrer:
        return ""
    said = medium.strip().lower()
    if said in MEDIA:
        return MEDIA[said]
    if said.startswith("paid") or AD_MARKS.search(url):
        return ADS
    came_from = host_of(referrer)
    if source and said == "" and (found := known_site(source.strip().lower())):
        return found
    if not came_from or same_site(came_from, host_of(url)):
        return REFERRAL if source else DIRECT
    return known_site(came_from) or REFERRAL


HOST = re.compile(r"^[a-z][a-z0-9+.-]*://([^/?#:@]+)", re.IGNORECASE)


def host_of(url: str) -> str:
    found = HOST.match(url)
    return found[1].lower().removeprefix("www.") if found else ""


def same_site(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def known_site(host: str) -> str:
    """`google.co.uk`, `l.facebook.com` and plain `google` alike."""
    if host in MAILBOXES or host in {"newsletter", "email"}:
        return EMAIL
    if host in SHORT_NETWORKS:
        return SOCIAL
    parts = host.split(".")
    names = set(parts[:-1] or parts)
    if names & ENGINES:
        return SEARCH
    return SOCIAL if names & NETWORKS else ""


class Place(NamedTuple):
    country: str = ""
    region: str = ""


@cache
def place_file(path: str) -> maxminddb.Reader | None:
    return maxminddb.open_database(path) if path else None


@lru_cache(REMEMBERED)
def place_of(ip: str) -> Place:
    """Country and region by the local file of GEOIP_FILE; addresses are cut already."""
    reader = place_file(settings.GEOIP_FILE)
    if reader is None or not ip:
        return Place()
    try:
        found: Any = reader.get(ip) or {}
    except ValueError:
        return Place()
    country = found.get("country") or found.get("registered_country") or {}
    regions = found.get("subdivisions") or [{}]
    region = (regions[0].get("names") or {}).get("en", "")
    return Place(str(country.get("iso_code", ""))[:2], str(region)[:100])
