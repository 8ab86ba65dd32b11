from __future__ import annotations

import io
import json

import pytest
from django.http import Http404
from rest_framework import exceptions

from apps.core.errors import ConflictError
from apps.core.rest import MAX_DEPTH, StrictJSONParser, problem_response


def parse(body: bytes):
    return StrictJSONParser().parse(io.BytesIO(body))


def test_it_parses_json_in_any_script():
    assert parse('{"name": "عباية"}'.encode()) == {"name": "عباية"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"NaN",
        b"[Infinity]",
        b"1e999",
        b'{"a": 1e400}',
        b'"\\ud800"',
        b'{"\\u0000": 1}',
        b"[" * 100_000,
        b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1),
    ],
    ids=lambda body: body[:12],
)
def test_it_refuses_what_is_no_json_or_fits_no_database(body):
    with pytest.raises(exceptions.ParseError):
        parse(body)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ConflictError("Someone was faster."), 409, "conflict"),
        (Http404(), 404, "not_found"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.ValidationError({"name": ["Missing."]}), 400, "invalid_input"),
    ],
)
def test_a_refusal_is_a_problem(error, status, code):
    answer = problem_response(error, {})
    assert answer is not None
    assert (answer.status_code, answer.data["type"]) == (
        status,
        f"urn:luxebrain:{code}",
    )


def test_a_throttled_caller_learns_when_to_come_back():
    answer = problem_response(exceptions.Throttled(wait=12.2), {})
    assert answer is not None
    assert answer.headers["Retry-After"] == "13"


def test_a_bug_is_no_problem_answer():
    assert problem_response(KeyError("bug"), {}) is None


def test_field_errors_are_named():
    answer = problem_response(exceptions.ValidationError({"name": ["Missing."]}), {})
    assert answer is not None
    assert json.loads(json.dumps(answer.data["errors"])) == {"name": ["Missing."]}
