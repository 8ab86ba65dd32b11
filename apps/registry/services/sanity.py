"""What any new model must pass beside the brain's own checks.

A broken import or poisoned orders may make a model that wins its contest on broken
days. Both comparisons are made with a champion that is young enough to compare with.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.registry.models import ModelVersion
from apps.registry.services import drift
from apps.registry.services.brain import Check, Contest

# After that a shop may have changed for good, and refusing for ever would help nobody.
MEMORY = timedelta(days=60)
LEAST_ROWS = 0.5
SCORE_LIMIT = 1.0


def checks(
    contest: Contest, champion: ModelVersion | None, at: datetime
) -> list[Check]:
    if champion is None or at - champion.trained_at > MEMORY:
        return []
    found = [is_compared(contest), rows_kept(contest, champion)]
    if is_same_recipe(contest, champion) and "scores" in champion.card:
        found += scores_kept(contest, champion)
    return found


def is_same_recipe(contest: Contest, champion: ModelVersion) -> bool:
    return (contest.name, dict(contest.parameters), set(contest.learned)) == (
        champion.name,
        champion.parameters,
        set(champion.learned),
    )


def is_compared(contest: Contest) -> Check:
    """A humble baseline alone is no measure for what takes a champion's place."""
    says = (
        "The model that serves could not be made again, so nobody knows whether this "
        "one is better."
    )
    was = contest.champion is not None
    return Check("compared", float(was), says, was)


def rows_kept(contest: Contest, champion: ModelVersion) -> Check:
    share = contest.training_rows / max(champion.training_rows, 1)
    says = (
        f"There is much less to learn from than for the model that serves: "
        f"{contest.training_rows:,} rows against {champion.training_rows:,}."
    )
    return Check("rows", share, says, share >= LEAST_ROWS)


def scores_kept(contest: Contest, champion: ModelVersion) -> list[Check]:
    index = drift.psi(champion.card["scores"], contest.scores)
    if index is None:
        return []
    says = (
        "It says something quite different from the model that serves, made in the "
        f"same way (stability index {index:.2f})."
    )
    return [Check("score_drift", index, says, index <= SCORE_LIMIT)]
