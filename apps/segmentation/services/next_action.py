"""What to do next about a customer: plain rules, each with its reason.

Nothing is done by them; whoever asks decides. A message is never advised without
consent and an address for it, a discount never where an order is likely anyway, and
doing nothing is an answer. Whether a message changes anything at all (its uplift) takes
people who get none: as long as no holdout has measured it, `uplift` is None and
`caution` says so; where it has found that messages bring nothing, none is advised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from apps.accounts.models import Store
from apps.features.models import CustomerFeatures
from apps.segmentation.models import Code
from apps.segmentation.models.value import HIGH_FROM, MEDIUM_FROM
from apps.segmentation.services.uplift import Uplift, uplift_of
from apps.segmentation.services.value import Worth
from apps.shop.models import Consent, Customer

DAY = timedelta(days=1)
# The cheapest first, and the one that disturbs least.
CHANNELS = (Consent.Channel.EMAIL, Consent.Channel.WHATSAPP, Consent.Channel.SMS)
# Who brought so many times what an average customer did is worth a word by hand.
VALUABLE = 2.0
# A next order that is so many days away needs no reminder.
SOON = timedelta(days=14)
# Nobody who ordered so lately is about to stay away, whatever a model makes of how
# seldom people come back; who orders more often may be.
LATELY = timedelta(days=30)
NOT_MEASURED = "Nobody has measured yet whether this changes what they do."
NOT_SURE = "Your holdout cannot tell yet whether messages change anything."
IN_GENERAL = "Measured of your messages in general, not of this one."


@dataclass(frozen=True)
class Action:
    """`channel` is empty where nothing is sent. `uplift`: by how much likelier an order
    within two weeks becomes."""

    code: str
    reason: str
    channel: str = ""
    uplift: float | None = None
    caution: str = ""


@dataclass(frozen=True)
class Situation:
    """`since`: days since the last order; `usual`: between two of theirs. None where
    that is not known."""

    worth: Worth
    today: date
    since: float | None = None
    usual: float | None = None

    @property
    def churn(self) -> float:
        return self.worth.row.churn

    @property
    def is_valuable(self) -> bool:
        spent, usual = self.worth.row.spent, self.worth.average_spent
        is_known = self.worth.segment in (Code.VIP, Code.LOYAL)
        return is_known or (spent > 0 and spent >= VALUABLE * usual)

    @property
    def is_lost(self) -> bool:
        return self.churn >= HIGH_FROM

    @property
    def is_first(self) -> bool:
        return self.worth.row.orders == 1

    @property
    def is_fresh(self) -> bool:
        return self.since is not None and self.since < min(
            LATELY.days, self.usual or LATELY.days
        )

    @property
    def is_late(self) -> bool:
        return (
            self.since is not None
            and self.usual is not None
            and self.since > self.usual
        )

    @property
    def waits(self) -> bool:
        """By their own gaps; a second order by what is foretold, which moves away the
        longer they are silent."""
        if self.since is not None and self.usual is not None:
            return self.since < self.usual - SOON.days
        expected = self.worth.row.next_order_on
        return expected is not None and expected > self.today + SOON


Rule = tuple[Callable[[Situation], bool], str, str]
# The first that holds, of those that send something.
RULES: Sequence[Rule] = (
    (
        lambda s: s.is_lost and s.is_valuable and not s.waits,
        "win_back_personally",
        "They brought much and are about to stay away.",
    ),
    (
        lambda s: s.is_lost and s.worth.segment == Code.DISCOUNT and not s.waits,
        "win_back_with_discount",
        "They buy at a discount and are about to stay away.",
    ),
    (
        lambda s: not s.is_lost and s.is_first and not s.waits,
        "invite_to_second_order",
        "They ordered once, and a second order is within reach.",
    ),
    (
        lambda s: not s.is_lost and s.is_late,
        "remind_with_picks",
        "They are later than they usually are.",
    ),
    (
        lambda s: not s.is_lost and not s.waits,
        "remind_with_picks",
        "Their next order is due, and not certain.",
    ),
)


def next_action(store: Store, customer: Customer, worth: Worth, at: datetime) -> Action:
    last_at = customer.last_ordered_at
    if last_at and last_at > at:
        # A shop's clock, or a file, was wrong: nothing is known of the future.
        last_at = None
    known = CustomerFeatures.objects.of(store).filter(customer=customer).first()
    situation = Situation(
        worth,
        at.astimezone(store.zone).date(),
        (at - last_at) / DAY if last_at else None,
        known.value("gap_mean") if known else None,
    )
    if last_at is not None and last_at > worth.row.computed_at:
        return nothing("They have ordered since this was worked out.")
    if worth.row.churn < MEDIUM_FROM:
        return nothing("They are likely to order again as it is.")
    if situation.is_fresh:
        return nothing("They ordered only lately.")
    for holds, code, reason in RULES:
        if holds(situation):
            return sent(customer, code, reason, uplift_of(store, known), at)
    if situation.waits:
        return nothing("Their next order is not due yet.")
    return nothing("They are hardly coming back, and little is to be won.")


def nothing(reason: str) -> Action:
    return Action("do_nothing", reason)


def sent(
    customer: Customer, code: str, reason: str, uplift: Uplift | None, at: datetime
) -> Action:
    if uplift and (uplift.high <= 0 or (uplift.is_personal and uplift.effect <= 0)):
        return nothing(
            f"{reason} But your holdout shows that messages bring no order from"
            " customers like them."
        )
    channel = channel_of(customer, at)
    if not channel:
        return nothing(
            f"{reason} But they agreed to no marketing message that could reach them."
        )
    if uplift is None:
        return Action(code, reason, channel, caution=NOT_MEASURED)
    caution = IN_GENERAL if uplift.low > 0 else NOT_SURE
    return Action(code, reason, channel, uplift.effect, caution)


def channel_of(customer: Customer, at: datetime) -> str:
    """The first one that they agreed to and can be reached by; empty: none. One query,
    and the newest statement of each channel counts."""
    said: dict[str, bool] = {}
    statements = Consent.objects.of(customer.store).by(customer)
    asked = statements.filter(
        channel__in=CHANNELS, purpose=Consent.Purpose.MARKETING, stated_at__lte=at
    )
    for channel, yes in asked.newest_first().values_list("channel", "is_granted"):
        said.setdefault(channel, yes)
    reach = {Consent.Channel.EMAIL: customer.email}
    for channel in CHANNELS:
        if said.get(channel) and reach.get(channel, customer.phone):
            return str(channel)
    return ""
