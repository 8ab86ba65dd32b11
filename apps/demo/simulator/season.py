"""When people buy what: Eid by the Hijri calendar, weddings, heat and cold, weekdays.

Arrays: D days of history and future, C categories, P products.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from hijridate import Gregorian, Hijri

from apps.demo.simulator.assortment import KINDS
from apps.demo.simulator.catalogue import Catalogue
from apps.demo.simulator.plan import Floats, Ints, Plan

WEEKDAYS = np.array([0.95, 0.92, 0.95, 1.0, 1.02, 1.05, 1.13])  # Monday first
WEDDING_MONTHS = (5, 6, 8, 9)
HEAT = 0.55  # how strongly warm and cold days move what is bought
EID_OCCASION = 0.7


@dataclass(frozen=True)
class Calendar:
    warmth: Floats  # (D,) +1 in mid July, -1 in mid January
    eid: Floats  # (D,) 0..1, rising before Eid, gone when it begins
    wedding: Floats  # (D,) 0 or 1
    traffic: Floats  # (D,) multiplier of all buying, mean near 1
    eids: tuple[date, ...]  # first days of Eid al-Fitr and Eid al-Adha


def read(plan: Plan) -> Calendar:
    rng = plan.rng("calendar")
    days = [plan.date(day) for day in range(plan.horizon)]
    months = np.array([day.month for day in days])
    of_year = np.array([day.timetuple().tm_yday for day in days])
    weekday = np.array([day.weekday() for day in days])
    eids = _eids(plan)
    noise = np.exp(rng.normal(0, 0.07, plan.horizon))
    friday = np.array([_is_white_friday(day) for day in days])
    return Calendar(
        warmth=np.cos((of_year - 196) / 365.25 * 2 * np.pi),
        eid=_before_eid(plan, eids),
        wedding=np.isin(months, WEDDING_MONTHS).astype(float),
        traffic=WEEKDAYS[weekday] * noise * np.where(friday, 1.35, 1.0),
        eids=tuple(day for _, day in eids),
    )


def _eids(plan: Plan) -> list[tuple[float, date]]:
    """Weight and first day: Eid al-Fitr is 1 Shawwal, Eid al-Adha 10 Dhu al-Hijjah."""
    last = plan.date(plan.horizon + 40)
    year = Gregorian(plan.start.year, plan.start.month, plan.start.day).to_hijri().year
    feasts: list[tuple[float, date]] = []
    while True:
        for weight, month, day in ((1.0, 10, 1), (0.6, 12, 10)):
            feast = Hijri(year, month, day).to_gregorian()
            on = date(feast.year, feast.month, feast.day)
            if on > last:
                return feasts
            if on >= plan.start:
                feasts.append((weight, on))
        year += 1


def _before_eid(plan: Plan, eids: list[tuple[float, date]]) -> Floats:
    """Rises over three weeks to a peak four days before: parcels need that long."""
    day = np.arange(plan.horizon)
    shape = np.zeros(plan.horizon)
    for weight, on in eids:
        gap = plan.day(on) - day
        rise = np.clip((26 - gap) / 18, 0, 1) * (gap >= 0)
        shape = np.maximum(shape, weight * rise * np.clip((gap + 1) / 5, 0.2, 1))
    return shape


def _is_white_friday(day: date) -> bool:
    """The week around the fourth Friday of November."""
    first = date(day.year, 11, 1)
    friday = 1 + (4 - first.weekday()) % 7 + 21
    return day.month == 11 and friday - 4 <= day.day <= friday + 3


def multipliers(catalogue: Catalogue, calendar: Calendar) -> Floats:
    """(P, D) logarithm of the season for each product."""
    eid = np.array([kind.eid for kind in KINDS])[catalogue.category]
    wedding = np.array([kind.wedding for kind in KINDS])[catalogue.category]
    eid += EID_OCCASION * _worn_for(catalogue, "Eid & Ramadan")
    wedding += 0.6 * _worn_for(catalogue, "Wedding Guest")
    return (
        HEAT * np.outer(catalogue.heat, calendar.warmth)
        + np.outer(eid, calendar.eid)
        + 0.5 * np.outer(wedding, calendar.wedding)
    )


def _worn_for(catalogue: Catalogue, occasion: str) -> Floats:
    return np.array([float(look.occasion == occasion) for look in catalogue.looks])


def second_of_day(count: int, rng: np.random.Generator) -> Ints:
    """Seconds since midnight: few at night, a peak in the evening."""
    hours = np.array(
        [
            3,
            2,
            1,
            1,
            1,
            1,
            2,
            4,
            6,
            8,
            10,
            11,
            12,
            11,
            10,
            10,
            11,
            12,
            14,
            17,
            20,
            21,
            16,
            8.0,
        ]
    )
    hour = rng.choice(24, size=count, p=hours / hours.sum())
    return hour * 3600 + rng.integers(0, 3600, count)
