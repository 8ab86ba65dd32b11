"""Treatment against control, before any interval is drawn around it."""

from __future__ import annotations

from dataclasses import dataclass

from ml_models.experiments.sums import NotEnoughError, Sums


@dataclass(frozen=True)
class Difference:
    """Treatment's mean minus control's, and how sure both are.

    `covariance` is that of the difference and the control's mean, which a relative lift
    needs. `people` is the harmonic mean of both arms: a holdout of 100 beside 10,000
    knows as much as two equal arms of 198.
    """

    absolute: float
    variance: float
    freedom: float
    control_mean: float
    control_variance: float
    covariance: float
    people: float


def compare(control: Sums, treatment: Sums) -> Difference:
    """Means, rates or ratios of two arms; neither is assumed to spread like the other."""
    return difference(
        control,
        treatment,
        absolute=treatment.mean - control.mean,
        variances=(control.variance, treatment.variance),
        covariance=control.variance,
    )


def difference(
    control: Sums,
    treatment: Sums,
    *,
    absolute: float,
    variances: tuple[float, float],
    covariance: float,
) -> Difference:
    """variances: of one person, control's first; covariance: of one person's two parts."""
    largest = max(variances)
    if largest == 0:
        raise NotEnoughError("All people did the same so far.")
    # That none of fifty bought does not mean that nobody would: where nobody differs in
    # an arm, the other tells how people differ.
    before, after = (variance or largest for variance in variances)
    parts = (before / control.count, after / treatment.count)
    # Welch (1947), Satterthwaite (1946).
    freedom = sum(parts) ** 2 / sum(
        part * part / arm.freedom
        for part, arm in zip(parts, (control, treatment), strict=True)
    )
    return Difference(
        absolute=absolute,
        variance=sum(parts),
        freedom=freedom,
        control_mean=control.mean,
        control_variance=control.variance / control.count,
        covariance=-covariance / control.count,
        people=2 / (1 / control.count + 1 / treatment.count),
    )
