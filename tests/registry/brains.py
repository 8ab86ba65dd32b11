"""A small real brain: what will each product sell next month? Its rows of sales and its
predictions are lines of usage, the only table of numbers on the floors below."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np

from apps.accounts.models import Usage
from apps.registry.services.brain import Check, Contest, TooLittleDataError
from apps.registry.services.trials import Trials
from ml_models import artefact
from tests.conftest import NOW

KIND = "numbers.sales"
PATH = "tests.registry.brains.Sales"
MONTHS = [date(2025, month, 1) for month in range(1, 13)]


def sell(store, table):
    """{product: [January, February, ...]}; replaces what was sold before."""
    Usage.objects.of(store).filter(kind__startswith="sold:").delete()
    Usage.objects.bulk_create(
        Usage(store=store, kind=f"sold:{product}", month_on=month, count=count)
        for product, counts in table.items()
        for month, count in zip(MONTHS, counts, strict=False)
    )


def steady(products=30, months=8):
    """Each month as the one before and a little more: the last month knows best."""
    return {
        f"p{n}": [100 + 40 * m + 7 * n for m in range(months)] for n in range(products)
    }


def noisy(products=30, months=8):
    """Up and down: the mean of all months knows best."""
    return {
        f"p{n}": [100 + 50 * ((m + n) % 2) for m in range(months)]
        for n in range(products)
    }


def served(store, version):
    """What a version's rows say, by product."""
    rows = Usage.objects.of(store).filter(kind__startswith=f"{version}:")
    return {row.kind.split(":")[1]: row.count for row in rows}


def die(step):
    """As the machine would, where a test of kills says so."""
    if os.environ.get("DIE_AT") == step:
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Table:
    names: list[str]
    # Products down, months across.
    counts: np.ndarray


class Sales:
    kind = KIND
    title = "Sales of next month"
    # What a test turns.
    windows = (1,)
    coverage = 1.0
    days: tuple[Trials, ...] = ()
    learned: Mapping[str, str] = MappingProxyType({})

    def read(self, store, as_of, tell):
        tell(0, "Reading what was sold")
        die("read")
        rows: dict[str, list[int]] = {}
        for row in (
            Usage.objects.of(store)
            .filter(kind__startswith="sold:")
            .order_by("month_on")
        ):
            rows.setdefault(row.kind, []).append(row.count)
        if not rows:
            raise TooLittleDataError("Nothing was sold yet.")
        return Table(
            [name.removeprefix("sold:") for name in rows],
            np.array(list(rows.values()), np.float64),
        )

    def compete(self, data, former, seed, tell):
        tell(0, "Letting windows compete")
        die("compete")
        past, test = data.counts[:, :-1], data.counts[:, -1]
        window = min(
            self.windows,
            key=lambda w: np.abs(mean(past[:, :-1], w) - past[:, -1]).sum(),
        )
        challenger = quality(past, test, window)
        champion = None
        if former:
            champion = quality(past, test, former.version.parameters["window"])
        return Contest(
            name="mean",
            parameters={"window": window},
            challenger=challenger,
            humble=quality(past, test, 0),
            champion=champion,
            metrics={"quality": float(challenger.mean()), "broken": float("nan")},
            baseline_metrics={"quality": float(quality(past, test, 0).mean())},
            data_from_at=NOW,
            data_to_at=NOW,
            training_rows=data.counts.size,
            learned=self.learned,
            features=("sold",),
            rivals={f"window_{w}": {"quality": 1.0} for w in self.windows},
            curves={"loss": [3.0, 2.0, 1.0]},
            checks=[
                Check(
                    "coverage",
                    self.coverage,
                    "It covers too little.",
                    self.coverage > 0.5,
                )
            ],
            inputs={"sold": data.counts.ravel().tolist()},
            humble_name="mean",
            humble_parameters={"window": 0},
        )

    def fit(self, data, contest, folder, seed, tell):
        tell(0, "Counting")
        die("fit")
        said = mean(data.counts, contest.parameters["window"])
        artefact.save(folder, {"said": said}, {**contest.parameters, **contest.learned})
        return dict(zip(data.names, said.tolist(), strict=True))

    def publish(self, version, model, tell):
        die("publish")
        rows = [
            Usage(
                store=version.store,
                kind=f"{version}:{name}",
                month_on=MONTHS[0],
                count=round(said),
            )
            for name, said in model.items()
            if said
        ]
        half = len(rows) // 2
        Usage.objects.bulk_create(rows[:half])
        tell(0.5, "Publishing")
        die("half")
        Usage.objects.bulk_create(rows[half:])
        die("published")
        return len(rows)

    def forget(self, version):
        die(f"forget {version.status}")
        rows = Usage.objects.of(version.store).filter(kind__startswith=f"{version}:")
        return rows.delete()[0]

    def sample(self, store, as_of):
        table = self.read(store, as_of, lambda share, step: None)
        return {"sold": table.counts.ravel().tolist()}

    def live(self, store, since, until):
        return self.days


def mean(counts, window):
    """(products,): of the last months; 0: of all."""
    return counts[:, -window:].mean(axis=1) if window else counts.mean(axis=1)


def quality(past, test, window):
    return 1 / (1 + np.abs(mean(past, window) - test))
