"""What is kept only for a while: deliveries hold personal data."""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.sync.models import Certificate, CertificateLine, Delivery, Run
from apps.sync.services import connect, plugin_codes

DELIVERIES = timedelta(days=7)
POLLS = timedelta(days=3)
# Days in full for so many proofs of a store; the verdict and what was repaired stay.
FULL_PROOFS = timedelta(days=30)


def forget(at: datetime) -> None:
    Delivery.objects.across_stores().filter(
        status__in=(
            Delivery.Status.APPLIED,
            Delivery.Status.IGNORED,
            Delivery.Status.FAILED,
        ),
        received_at__lt=at - DELIVERIES,
    ).delete()
    Run.objects.across_stores().filter(
        kind=Run.Kind.POLL, asked_at__lt=at - POLLS
    ).exclude(status__in=Run.OPEN).delete()
    old = Certificate.objects.across_stores().filter(started_at__lt=at - FULL_PROOFS)
    CertificateLine.objects.across_stores().filter(certificate__in=old).delete()
    connect.forget_attempts(at)
    plugin_codes.forget(at)
