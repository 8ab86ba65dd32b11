"""How far a run is, in the terminal: one moving line a step, or a plain line now and then."""

from __future__ import annotations

import time
from datetime import timedelta

from django.core.management.base import OutputWrapper

from apps.sync.models import Run, Step

BAR = 24
# Between two looks at the steps.
GAP = 0.2
PARTS = {"bin": "{} in the bin", "sweep": "{} that went"}


def name_of(step: Step) -> str:
    kind, _, part = step.kind.partition(":")
    return PARTS.get(part, "{}").format(kind)


class Progress:
    def __init__(self, run: Run, out: OutputWrapper, *, is_quiet: bool) -> None:
        self.run, self.out, self.is_quiet = run, out, is_quiet
        self.looked = 0.0
        # By step: when this process first saw it, and how much was read by then.
        self.began: dict[int, tuple[float, int]] = {}
        # By step: the last tenth that was told.
        self.told: dict[int, int] = {}

    def look(self, *, is_last: bool = False) -> None:
        if self.is_quiet or (time.monotonic() - self.looked < GAP and not is_last):
            return
        self.looked = time.monotonic()
        for step in steps_of(self.run):
            if self.told.get(step.pk) != 10:
                self.show(step)
            if not step.is_done:  # nor has the turn of the next ones come
                return

    def show(self, step: Step) -> None:
        self.began.setdefault(step.pk, (self.looked, step.seen))
        tenth = 10 if step.is_done else min(9, step.percent // 10)
        text = self.line(step)
        if self.out.isatty():
            bar = "█" * (step.percent * BAR // 100)
            ending = "\n" if step.is_done else ""
            self.out.write(f"\r\033[K{bar:░<{BAR}} {text}", ending=ending)
            self.out.flush()
        elif tenth > self.told.get(step.pk, -1):
            self.out.write(text)
            self.out.flush()
        self.told[step.pk] = tenth

    def line(self, step: Step) -> str:
        since, before = self.began[step.pk]
        speed = (step.seen - before) / max(self.looked - since, 1e-3)
        parts = [f"{step.percent:3d} %  {name_of(step)}: {step.seen:,}"]
        if step.total and not step.is_done:
            parts[0] += f" of {step.total:,}"
        if step.seen > before:
            parts.append(f"{speed:,.0f} a second")
        if not step.is_done and step.total and speed > 0:
            parts.append(f"{left((step.total - step.seen) / speed)} left")
        return ", ".join(parts)


def left(seconds: float) -> str:
    """Whole seconds, as 1:02:03."""
    return str(timedelta(seconds=max(0, round(seconds))))


def steps_of(run: Run) -> list[Step]:
    return list(Step.objects.of(run.store).filter(run=run).order_by("position"))
