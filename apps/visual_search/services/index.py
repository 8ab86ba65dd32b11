"""Describe the pictures of a store that nobody has described yet.

1. What is gone, or another picture by now, loses its row.
2. What has no row gets one that waits. The row is the promise.
3. Whoever claims a waiting row reads the picture and describes it, nothing locked.

Bounded in number and time; the next run goes on where this one stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q

from apps.accounts.models import Store
from apps.shop.models import Image, Product
from apps.shop.services.images import APART
from apps.sync.services.fetch_picture import PictureHost
from apps.sync.woo.errors import ShopError
from apps.visual_search.models import Look, source_of
from apps.visual_search.services.describe import MAKER, Described, describe
from apps.visual_search.services.opened import MOST_BYTES, PictureRefusedError

# The first of a gallery, and those that show a color: the rest are details of the same.
PER_PRODUCT = 3
AT_ONCE = 200
QUEUED_AT_ONCE = 1_000
# A worker that died is waited for so long.
LEASE = timedelta(minutes=10)
FIRST_WAIT = timedelta(minutes=10)
MOST_TRIES = 5
Clock = Callable[[], datetime]


def index(store: Store, clock: Clock, until: datetime) -> int:
    """How many pictures were described."""
    at = clock()
    Look.objects.of(store).outdated().delete()
    queue(store, at)
    due = Look.objects.of(store).due(at).select_related("image")[:AT_ONCE]
    count = 0
    with PictureHost() as host:
        for look in due:
            if clock() >= until:
                break
            count += claim(look, at) and work(look, host, at)
    return count


def queue(store: Store, at: datetime) -> None:
    rows = Look.objects.of(store)
    rows.filter(due_at=None).exclude(maker=MAKER).update(due_at=at, tries=0)
    known = rows.filter(image=OuterRef("pk"))
    fresh = (
        Image.objects.of(store)
        .live()
        .filter(
            ~Exists(known),
            Q(position__lt=PER_PRODUCT) | Q(position=APART),
            product__deleted_at=None,
            product__status=Product.Status.PUBLISHED,
        )
        .annotate(source=source_of())
        .exclude(source="")
        .order_by("position", "-pk")
    )
    Look.objects.bulk_create(
        [
            Look(store=store, product_id=product, image_id=pk, source=source, due_at=at)
            for pk, product, source in fresh.values_list("pk", "product_id", "source")[
                :QUEUED_AT_ONCE
            ]
        ],
        ignore_conflicts=True,
    )


def claim(look: Look, at: datetime) -> bool:
    """False where another worker was faster."""
    lease = at + LEASE
    mine = Look.objects.of(look.store).filter(pk=look.pk, due_at=look.due_at)
    is_mine = mine.update(due_at=lease, tries=F("tries") + 1) == 1
    look.due_at, look.tries = lease, look.tries + 1
    return is_mine


def work(look: Look, host: PictureHost, at: datetime) -> bool:
    """Whether it was described."""
    if look.tries > MOST_TRIES:
        # It ended the workers that looked at it.
        give_up(look, "never_ended")
        return False
    try:
        found = describe(read(look, host))
    except PictureRefusedError as error:
        give_up(look, error.code)
    except ShopError as error:
        put_off(look, error.code, at, may_heal=error.can_heal)
    except OSError:
        put_off(look, "file_unreadable", at, may_heal=True)
    else:
        keep(look, found, at)
        return True
    return False


def read(look: Look, host: PictureHost) -> bytes:
    """Our own copy, else the shop's; a byte too many tells that it is too large."""
    if not look.image.file:
        return host.fetch(look.source, MOST_BYTES)
    with look.image.file.open("rb") as file:
        data: bytes = file.read(MOST_BYTES + 1)
    return data


def keep(look: Look, found: Described, at: datetime) -> None:
    first, second, *_ = (*found.colors, "", "")
    settle(
        look, maker=MAKER, numbers=found.as_bytes(), color_1=first, color_2=second,
        problem="", made_at=at, due_at=None, tries=0,
    )  # fmt: skip


def put_off(look: Look, problem: str, at: datetime, *, may_heal: bool) -> None:
    if not may_heal or look.tries >= MOST_TRIES:
        give_up(look, problem)
        return
    wait = FIRST_WAIT * 4 ** (look.tries - 1)
    settle(look, problem=problem, due_at=at + wait)


def give_up(look: Look, problem: str) -> None:
    """Until the shop shows another picture there, or another maker looks."""
    settle(look, maker=MAKER, problem=problem, due_at=None, made_at=None, numbers=b"")


def settle(look: Look, **values: object) -> None:
    """Unless the claim was lost to a worker that came later."""
    mine = Look.objects.of(look.store).filter(pk=look.pk, due_at=look.due_at)
    mine.update(**values)
