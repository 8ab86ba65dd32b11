"""One training of one kind for one store: the same for every brain.

1. Claim the training; read what there is as of a moment.
2. The brain's candidates, its humble baseline and the champion meet on unseen days.
3. The gate says which recipe serves next, or that nothing new does.
4. That one is fitted on everything, and its files go into the artefact storage.
5. Register it as in the making, and write its rows in parts: others write meanwhile.
6. In one transaction: promote, finish the run. Killed at any moment before its commit,
   the champion serves on, and the next training removes what was half made.
7. Then what may fail without harm: old versions' rows, and the experiment log.
"""

from __future__ import annotations

import math
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction

from apps.accounts.models import Store
from apps.core.errors import ConflictError, LuxeBrainError
from apps.registry.models import ModelVersion, TrainingRun
from apps.registry.services import (
    artefacts,
    cards,
    drift,
    failures,
    gate,
    keep,
    sanity,
    sources,
    tracking,
    training,
    versions,
)
from apps.registry.services.artefacts import Artefact
from apps.registry.services.brain import Brain, Contest, Former, Tell, brain_of
from apps.registry.services.gate import Serve, Verdict
from apps.registry.services.tracking import Tracked

log = structlog.get_logger(__name__)

# What a person hears while it runs: percent and step.
Echo = Callable[[int, str], None]
# A brain may tell a thousand times a second; rows are written this seldom.
QUIET_SECONDS = 1.0
OLD_SECONDS = 86_400


class NothingToShowError(LuxeBrainError):
    """A model without a row would empty the shelves that it serves."""

    code = "nothing_to_show"


@dataclass
class Lesson:
    """A training under way."""

    run: TrainingRun
    brain: Brain
    as_of: datetime
    clock: Callable[[], datetime]
    folder: Path
    echo: Echo | None = None
    step: str = "Starting"
    told: tuple[float, int] = (-math.inf, -1)
    seconds: dict[str, float] = field(default_factory=dict)

    def part(self, first: int, last: int) -> Tell:
        """What the brain tells of its own part, as percent of the whole."""

        def tell(share: float, step: str) -> None:
            percent = first + round((last - first) * min(max(share, 0), 1))
            self.tell(percent, step)

        return tell

    def tell(self, percent: int, step: str) -> None:
        """ConflictError where the run was given up meanwhile."""
        now = time.monotonic()
        is_new = step != self.step or percent != self.told[1]
        if self.echo and is_new:
            self.echo(percent, step)
        if now - self.told[0] < QUIET_SECONDS and step == self.step:
            return
        self.step, self.told = step, (now, percent)
        training.progress(self.run, percent, step, self.clock())

    def timed(self, name: str, since: float) -> None:
        self.seconds[name] = round(time.monotonic() - since, 2)


def learn(
    store: Store,
    kind: str,
    *,
    as_of: datetime,
    clock: Callable[[], datetime],
    seed: int = 0,
    echo: Echo | None = None,
) -> ModelVersion:
    """Train now. ConflictError while another training of the kind runs."""
    brain_of(kind)
    run = training.start(store, kind, clock(), seed=seed)
    return carry_out(run, as_of=as_of, clock=clock, echo=echo)


def carry_out(
    run: TrainingRun,
    *,
    as_of: datetime,
    clock: Callable[[], datetime],
    echo: Echo | None = None,
    time_is_up: type[BaseException] = TimeoutError,
) -> ModelVersion:
    """Do a claimed training; returns the version that it led to, refused or serving.

    `time_is_up`: what the caller's clock raises in the midst of it after
    TRAINING_SECONDS.
    """
    # Not in /tmp, which may be memory.
    home = Path(settings.VAR_DIR) / "trainings"
    sweep(home)
    with tempfile.TemporaryDirectory(dir=home) as folder:
        step = "starting"
        try:
            lesson = Lesson(run, brain_of(run.kind), as_of, clock, Path(folder), echo)
            try:
                return teach(lesson)
            finally:
                step = lesson.step
        except BaseException as error:
            # Who gave the run up has written why.
            reason = (
                failures.too_long(step)
                if isinstance(error, time_is_up)
                else failures.why(error, step)
            )
            with suppress(ConflictError):
                training.fail(run, reason, clock())
            with suppress(DatabaseError):
                # The next training does it, where the database is what failed.
                keep.remove_broken_off(run.store, run.kind)
            raise


def sweep(home: Path) -> None:
    """Whoever was killed left a folder behind; no training takes a day."""
    home.mkdir(parents=True, exist_ok=True)
    old = time.time() - OLD_SECONDS
    for folder in home.iterdir():
        if folder.stat().st_mtime < old:
            shutil.rmtree(folder, ignore_errors=True)


def teach(lesson: Lesson) -> ModelVersion:
    run, brain = lesson.run, lesson.brain
    keep.remove_broken_off(run.store, run.kind)
    since = time.monotonic()
    data = brain.read(run.store, lesson.as_of, lesson.part(0, 15))
    lesson.timed("read", since)
    since = time.monotonic()
    champion = versions.champion(run.store, run.kind)
    former = Former(champion, lesson.folder / "former") if champion else None
    contest = cards.plain(brain.compete(data, former, run.seed, lesson.part(15, 60)))
    lesson.timed("compete", since)
    checks = sanity.checks(contest, champion, lesson.clock())
    serving = recipe_of(champion) if champion else None
    verdict = gate.judge(contest, serving, checks)
    card = cards.card_of(contest, verdict, trouble_of(former, contest))
    if verdict.serve is Serve.NOTHING_NEW:
        made = [Tracked(refuse(lesson, contest, verdict, card), contest.curves)]
    else:
        chosen = chosen_of(contest, verdict, champion)
        made = take_over(lesson, data, Chosen(chosen, contest, verdict, card, champion))
    version = made[-1].version
    forgotten = keep.prune(brain, version, lesson.clock())
    tracking.track(made, forgotten)
    return version


def trouble_of(former: Former | None, contest: Contest) -> str:
    """Why the champion could not play; for its card."""
    if former is None or contest.champion is not None:
        return ""
    return f"{former.version} could not be made again, so nothing was compared with it."


def recipe_of(version: ModelVersion) -> gate.Recipe:
    return gate.Recipe(version.name, version.parameters, frozenset(version.learned))


def chosen_of(
    contest: Contest, verdict: Verdict, champion: ModelVersion | None
) -> Contest:
    if verdict.serve is Serve.HUMBLE:
        return contest.of_humble()
    if verdict.serve is Serve.CHAMPION_AGAIN and champion:
        return contest.of_champion(champion)
    return contest


def trained(
    lesson: Lesson, contest: Contest, card: Mapping[str, Any], artefact: Artefact
) -> versions.Trained:
    return versions.Trained(
        name=contest.name,
        trained_at=lesson.clock(),
        data_from_at=contest.data_from_at,
        data_to_at=contest.data_to_at,
        training_rows=contest.training_rows,
        metrics=contest.metrics,
        baseline_metrics=contest.baseline_metrics,
        parameters=contest.parameters,
        learned=contest.learned,
        features=contest.features,
        code_version=sources.digest(lesson.run.kind),
        artefact=artefact,
        card={**card, "seconds": dict(lesson.seconds)},
    )


def refuse(
    lesson: Lesson, contest: Contest, verdict: Verdict, card: Mapping[str, Any]
) -> ModelVersion:
    """The challenger is written down with the reason; what serves is not touched."""
    with transaction.atomic():
        version = refused(lesson, contest, verdict, card)
        training.finish(lesson.run, version, lesson.clock())
    return version


def refused(
    lesson: Lesson, contest: Contest, verdict: Verdict, card: Mapping[str, Any]
) -> ModelVersion:
    facts = trained(lesson, contest, card, Artefact())
    version = versions.register(lesson.run.store, lesson.run.kind, facts)
    return versions.refuse(version, verdict.reason)


@dataclass(frozen=True)
class Chosen:
    """What takes over, and what led to it."""

    contest: Contest
    challenge: Contest
    verdict: Verdict
    card: Mapping[str, Any]
    champion: ModelVersion | None


def take_over(lesson: Lesson, data: Any, chosen: Chosen) -> list[Tracked]:
    """The version that serves now comes last, after the challenger if it lost."""
    run, brain, folder = lesson.run, lesson.brain, lesson.folder / "model"
    folder.mkdir()
    since = time.monotonic()
    model = brain.fit(data, chosen.contest, folder, run.seed, lesson.part(60, 88))
    lesson.timed("fit", since)
    lesson.tell(88, "Putting its files away")
    artefact = artefacts.save(run.store, run.kind, folder)
    lesson.tell(92, "Publishing")
    made, version = enroll(lesson, chosen, artefact)
    if not brain.publish(version, model, lesson.part(92, 99)):
        raise NothingToShowError("It found nothing that could be shown.")
    with transaction.atomic():
        versions.complete(version)
        versions.promote(version, lesson.clock(), beaten=chosen.champion)
        training.finish(run, version, lesson.clock())
    curves = {} if made else chosen.contest.curves
    return [*made, Tracked(version, curves, folder)]


def enroll(
    lesson: Lesson, chosen: Chosen, artefact: Artefact
) -> tuple[list[Tracked], ModelVersion]:
    """The challenger if it lost, and the version that is to serve, still in the making."""
    run, made = lesson.run, []
    card = dict(chosen.card)
    if len(chosen.contest.scores):
        card["scores"] = drift.bins_of(chosen.contest.scores)
    facts = trained(lesson, chosen.contest, card, artefact)
    with transaction.atomic():
        if chosen.verdict.serve is not Serve.CHALLENGER:
            loser = refused(lesson, chosen.challenge, chosen.verdict, chosen.card)
            made.append(Tracked(loser, chosen.challenge.curves))
        making = ModelVersion.Status.MAKING
        version = versions.register(run.store, run.kind, facts, making)
        training.name(run, version)
    return made, version
