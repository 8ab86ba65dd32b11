"""One batch: look, send, read back, compare.

1. Read what the shop says now. What is so already is done; what was sent before, by a
   worker that died or heard no answer, is found here and not sent twice.
2. Note the old values and that it is being sent.
3. Send. Errors of single items stand inside a 200.
4. Read again: WooCommerce takes much with a 200 and keeps something else.
5. What it made something else of is put back as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.sync.models import Write
from apps.sync.services.writing import coupons, prices
from apps.sync.services.writing.ask import opposite
from apps.sync.services.writing.settle import LEASE, Claim, Status, settle
from apps.sync.woo.changes import (
    MARK,
    MOST_IN_BATCH,
    NOTE,
    differences,
    meta,
    price_fields,
)
from apps.sync.woo.client import Answer, Client, Payload
from apps.sync.woo.errors import KeysRefusedError, NotPermittedError, ShopError
from apps.sync.woo.fields import id_of, number, text

COUPONS = "coupons"
GONE = "The shop does not have this product any more."
TAKEN = "Another coupon in the shop has this code."
EXISTS = "woocommerce_rest_coupon_code_already_exists"
PLAIN = {
    "regular_price": "regular price",
    "sale_price": "sale price",
    "date_on_sale_from": "start of the sale",
    "date_on_sale_from_gmt": "start of the sale",
    "date_on_sale_to": "end of the sale",
    "date_on_sale_to_gmt": "end of the sale",
    "discount_type": "kind",
    "date_expires": "end",
    "usage_limit": "limit of uses",
    "usage_limit_per_user": "limit of uses for each customer",
    "email_restrictions": "list of customers",
    "minimum_amount": "smallest cart",
    "meta_data": "note",
}


class ReadOnlyError(ShopError):
    """The keys are right, and may not write."""

    code = "shop_read_only"


@dataclass
class Batch:
    claim: Claim
    client: Client
    # "products", "products/62/variations", "coupons".
    path: str
    # The shop's clock when it was first looked at.
    seen_at: datetime | None = None

    @property
    def writes(self) -> list[Write]:
        return list(self.claim.open.values())

    @property
    def is_coupons(self) -> bool:
        return self.path == COUPONS


def carry_out(batch: Batch) -> list[Payload]:
    """Settles what can be; returns what the shop says of all that is in it now."""
    before = look(batch)
    verified = [
        payload
        for write in batch.writes
        if (payload := before.get(write.pk)) is not None
        and settle_unsent(batch, write, payload)
    ]
    if not batch.is_coupons:
        for write in batch.writes:
            if write.pk not in before:
                settle(batch.claim, write, Status.REFUSED, GONE)
    sent = mark_sent(batch, before)
    if not sent:
        return verified
    answers = send(batch, sent)
    said = read_back(batch, answers)
    wrong = []
    for write in batch.writes:
        if write.pk not in said:
            continue
        if not differences(write.values, said[write.pk], batch.claim.now()):
            settle(batch.claim, write, Status.VERIFIED, woo_id=id_of(said[write.pk]))
            verified.append(said[write.pk])
        else:
            wrong.append(write)
    take_back(batch, wrong, answers, said)
    return verified


def look(batch: Batch) -> dict[int, Payload]:
    """What the shop says now, by the write it concerns."""
    if not batch.is_coupons:
        by_id = read(batch, [int(write.woo_id or 0) for write in batch.writes])
        return {w.pk: by_id[w.woo_id] for w in batch.writes if w.woo_id in by_id}
    # The shop itself refuses a second coupon of a code: only what may have been sent
    # needs a look, which is a request each.
    found = {}
    for write in batch.writes:
        if write.sent_at is not None:
            coupon = coupons.find(batch.client, write.values["code"])
            if coupon is not None:
                found[write.pk] = coupon
    return found


def read(batch: Batch, ids: Iterable[int]) -> dict[int, Payload]:
    include = ",".join(str(woo_id) for woo_id in sorted(ids))
    if not include:
        return {}
    said = batch.client.get(batch.path, include=include, per_page=MOST_IN_BATCH)
    batch.seen_at = batch.seen_at or said.shop_at
    return {woo_id: row for row in said.rows if (woo_id := id_of(row))}


def settle_unsent(batch: Batch, write: Write, current: Payload) -> bool:
    """Settle what need not or cannot be sent. True if it is in the shop as asked."""
    claim = batch.claim
    if batch.is_coupons and meta(current, MARK) != write.key:
        settle(claim, write, Status.REFUSED, TAKEN)
    elif not differences(write.values, current, claim.now()):
        settle(claim, write, Status.VERIFIED, woo_id=id_of(current))
        return True
    elif batch.is_coupons:
        take_back(batch, [write], {}, {write.pk: current})
    elif reason := objection(write, current, claim):
        settle(claim, write, Status.REFUSED, reason)
    return False


def objection(write: Write, current: Payload, claim: Claim) -> str:
    if write.kind == Write.Kind.PRICE:
        return prices.objection(write.values, current, claim.now())
    return ""


def mark_sent(batch: Batch, before: dict[int, Payload]) -> list[Write]:
    """Those still ours, with the way back noted before it is needed."""
    claim = batch.claim
    renewed = claim.now() + LEASE
    with transaction.atomic():
        kept = []
        for write in batch.writes:
            if write.sent_at is None:
                write.before = fields_before(write, before.get(write.pk, {}))
            changes = {"sent_at": claim.now(), "before": write.before}
            if claim.row(write).update(due_at=renewed, **changes):
                kept.append(write)
            else:
                claim.open.pop(write.pk)
    claim.until = renewed
    for write in kept:
        write.sent_at = claim.at
    return kept


def fields_before(write: Write, current: Payload) -> dict[str, Any]:
    if write.kind == Write.Kind.PRICE:
        return price_fields(current)
    if write.kind == Write.Kind.STOCK_NOTE:
        return {"meta_data": [{"key": NOTE, "value": meta(current, NOTE)}]}
    return {}


def send(batch: Batch, writes: list[Write]) -> dict[int, Payload]:
    """The shop's answers to those that it took; the others are settled here."""
    if batch.is_coupons:
        body = {"create": [write.values for write in writes]}
    else:
        body = {"update": [{"id": w.woo_id, **w.values} for w in writes]}
    said = post(batch, body).thing
    rows = said.get("create" if batch.is_coupons else "update")
    answers = {}
    for write, row in zip(writes, rows if isinstance(rows, list) else [], strict=False):
        if not isinstance(row, dict):
            continue
        error = row.get("error")
        if isinstance(error, dict) and error:
            hear_error(batch, write, error)
        elif is_about(batch, write, row):
            answers[write.pk] = row
    return answers


def post(batch: Batch, body: Payload) -> Answer:
    """Shops in other languages refuse a key that only reads as if it were wrong: then
    the same key still reads."""
    try:
        return batch.client.post(f"{batch.path}/batch", body)
    except (KeysRefusedError, NotPermittedError) as error:
        batch.client.get("products", per_page=1, _fields="id")
        raise ReadOnlyError("The keys of the shop may only read.") from error


def is_about(batch: Batch, write: Write, row: Payload) -> bool:
    if batch.is_coupons:
        return bool(str(row.get("code", "")).lower() == write.values["code"])
    return bool(row.get("id") == write.woo_id)


def hear_error(batch: Batch, write: Write, error: Payload) -> None:
    """An error of the shop itself (5xx) is left open: it is tried again."""
    if error.get("code") == EXISTS:
        found = coupons.find(batch.client, write.values["code"])
        if found is not None:
            settle_unsent(batch, write, found)
        return
    data = error.get("data")
    status = number(data, "status") if isinstance(data, dict) else 0
    if (status or 400) < 500:
        said = text(error, "message")[:200] or "The shop gives no reason."
        settle(batch.claim, write, Status.REFUSED, f"The shop says: {said}")


def read_back(batch: Batch, answers: dict[int, Payload]) -> dict[int, Payload]:
    ids = {pk: id_of(row) for pk, row in answers.items() if id_of(row)}
    by_id = read(batch, ids.values())
    return {pk: by_id[woo_id] for pk, woo_id in ids.items() if woo_id in by_id}


def take_back(
    batch: Batch,
    writes: list[Write],
    answers: dict[int, Payload],
    said: dict[int, Payload],
) -> None:
    """Undo what the shop made something else of; leave what someone else changed."""
    claim, undone = batch.claim, []
    for write in writes:
        answer = answers.get(write.pk, said[write.pk])
        if not differences(write.values, answer, claim.now()):
            reason = "Someone else changed it in the shop at the same moment."
            settle(claim, write, Status.REFUSED, reason)
        else:
            undone.append(write)
    if not undone:
        return
    failed = undo(batch, undone, said)
    for write in undone:
        names = differences(write.values, said[write.pk], claim.now())
        settle(
            claim, write, Status.REFUSED, changed_text(names, write.pk not in failed)
        )


def undo(batch: Batch, writes: list[Write], said: dict[int, Payload]) -> set[int]:
    """Those whose old state is not there again."""
    if batch.is_coupons:
        for write in writes:
            # To the bin, whence the merchant can fetch it: a batch would delete it.
            batch.client.delete(f"{COUPONS}/{id_of(said[write.pk])}")
        return set()
    at = batch.claim.now()
    values = {write.pk: opposite(write, at) for write in writes}
    body = {"update": [{"id": w.woo_id, **values[w.pk]} for w in writes]}
    batch.client.post(f"{batch.path}/batch", body)
    now = look(batch)
    return {pk for pk, old in values.items() if differences(old, now.get(pk, {}), at)}


def changed_text(names: list[str], is_back: bool) -> str:
    fields = ", ".join(dict.fromkeys(PLAIN.get(name, name) for name in names))
    end = (
        "It is as it was before."
        if is_back
        else "The old values could not be put back: please look at it in your shop."
    )
    return f"The shop did not keep what it was told ({fields}). {end}"
