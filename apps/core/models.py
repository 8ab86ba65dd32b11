from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models

# Beat sends a pulse every 15 seconds.
SILENCE = timedelta(seconds=90)


class Heartbeat(models.Model):
    """The last pulse that a worker answered, by queue: its age is the queue's age.

    A pulse is an ordinary task, so it waits behind the same work on every broker.
    """

    queue = models.CharField(max_length=40, primary_key=True)
    sent_at = models.DateTimeField()
    answered_sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.queue

    def age(self, at: datetime) -> timedelta:
        """How long the oldest unanswered pulse has waited; zero where none does.

        A pulse that nobody sends counts as well: then beat is dead, not the worker.
        """
        is_answered = self.answered_sent_at and self.answered_sent_at >= self.sent_at
        since = at - self.sent_at
        return timedelta(0) if is_answered and since < SILENCE else since
