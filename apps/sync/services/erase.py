"""What the shop and files brought word by word about a person goes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.files.storage import storages
from django.db.models import Q

from apps.accounts.models import Store
from apps.sync.models import Delivery, FileImport, FileImportProblem, Finding
from apps.sync.services.files.import_file import STORAGE

PART = 1024 * 1024


def erase(
    store: Store,
    needles: Sequence[str],
    numbers: Sequence[int],
    customers: Sequence[int],
) -> dict[str, int]:
    """`needles`: addresses, names, phones; `numbers`: of customers in the shop."""
    return {
        "deliveries": drop_deliveries(store, needles, numbers),
        "file_rows": drop_file_rows(store, needles),
        "files": drop_files(store, needles),
        "findings": drop_findings(store, needles, customers),
    }


def drop_deliveries(
    store: Store, needles: Sequence[str], numbers: Sequence[int]
) -> int:
    """What they told is copied, or is found by the next poll."""
    topics = Q(topic__startswith="order.") | Q(topic__startswith="customer.")
    rows = Delivery.objects.of(store).filter(topics).values_list("pk", "topic", "body")
    theirs = [
        pk
        for pk, topic, body in rows.iterator(chunk_size=200)
        if is_about(bytes(body), topic, needles, numbers)
    ]
    return Delivery.objects.of(store).filter(pk__in=theirs).delete()[0]


def is_about(
    body: bytes, topic: str, needles: Sequence[str], numbers: Sequence[int]
) -> bool:
    try:
        said: Any = json.loads(body)
    except ValueError:
        return has_any(body.decode(errors="replace"), needles)
    if not isinstance(said, dict):
        return has_any(json.dumps(said, ensure_ascii=False), needles)
    number = said.get("id" if topic.startswith("customer.") else "customer_id")
    return number in numbers or has_any(json.dumps(said, ensure_ascii=False), needles)


def has_any(text: str, needles: Sequence[str]) -> bool:
    lower = text.lower()
    return any(needle.lower() in lower for needle in needles)


def drop_file_rows(store: Store, needles: Sequence[str]) -> int:
    rows = FileImportProblem.objects.of(store).values_list("pk", "row", "reason")
    theirs = [
        pk
        for pk, row, reason in rows.iterator(chunk_size=500)
        if has_any(json.dumps([row, reason], ensure_ascii=False), needles)
    ]
    return FileImportProblem.objects.of(store).filter(pk__in=theirs).delete()[0]


def drop_files(store: Store, needles: Sequence[str]) -> int:
    """Files that were imported, or given up, and name the person. One that is being
    imported now goes when that is over: nobody is brought back by it."""
    rows = FileImport.objects.of(store).exclude(status__in=FileImport.OPEN)
    count = 0
    for row in rows.exclude(path="").exclude(kind=FileImport.Kind.PRODUCTS):
        if names(row.path, needles):
            storages[STORAGE].delete(row.path)
            FileImport.objects.of(store).filter(pk=row.pk).update(path="")
            count += 1
    return count


def names(path: str, needles: Sequence[str]) -> bool:
    """Read in parts: files may be larger than the memory."""
    storage, before = storages[STORAGE], ""
    if not storage.exists(path):
        return False
    with storage.open(path, "rb") as file:
        while part := file.read(PART):
            text = before + part.decode(errors="replace")
            if has_any(text, needles):
                return True
            before = text[-300:]
    return False


def drop_findings(
    store: Store, needles: Sequence[str], customers: Sequence[int]
) -> int:
    subjects = [f"customer:{pk}" for pk in customers]
    theirs = Q(subject__in=subjects)
    for needle in needles:
        theirs |= Q(text__icontains=needle) | Q(fix__icontains=needle)
    return Finding.objects.of(store).filter(theirs).delete()[0]
