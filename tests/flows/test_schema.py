"""Schemathesis reads our OpenAPI and invents calls that fit it, and calls that do not."""

from __future__ import annotations

from collections import Counter

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests.accounts.conftest import token_headers

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CALLS = 15


@pytest.fixture
def one_connection(db, monkeypatch):
    """A server lets its connection go after each request; a test must not, since its
    rows stand in one open transaction."""
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)


@pytest.fixture
def operations(settings, one_connection):
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "1000000/min")
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/schema/?format=json", WSGIHandler()
    )
    return [found.ok() for found in schema.get_all_operations()]


def invent_calls(operation, mode, headers) -> Counter[str]:
    """How often each kind of answer came: "2xx", "4xx", or the call that broke it."""
    answers: Counter[str] = Counter()

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=CALLS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def call(case):
        answer = case.call(headers=headers)
        kind = f"{answer.status_code // 100}xx"
        if answer.status_code >= 500:
            kind = f"{answer.status_code} {case.method} {case.formatted_path}"
        answers[kind] += 1

    call()
    return answers


def test_the_schema_names_every_part_of_the_api(operations):
    parts = {operation.path.split("/")[3] for operation in operations}
    assert {"auth", "stores", "products", "orders", "decisions", "models"} <= parts


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_invented_call_breaks_it(operations, owner, store, mode):
    headers = token_headers(owner, store)
    answers: Counter[str] = Counter()
    for operation in operations:
        answers += invent_calls(operation, mode, headers)
    assert set(answers) <= {"2xx", "3xx", "4xx"}
    assert answers.total() > 300
    assert answers["2xx"] > 20, "almost nothing was let in, so little was tried"
