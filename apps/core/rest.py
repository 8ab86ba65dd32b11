"""The base of every JSON endpoint: pages by cursor, errors as problem+json."""

from __future__ import annotations

import json
import math
from typing import IO, Any

import structlog
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
)
from django.core.exceptions import (
    ValidationError as ModelError,
)
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from rest_framework import exceptions
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.errors import LuxeBrainError

log = structlog.get_logger(__name__)
PROBLEM = "application/problem+json"
# Deeper than any body of ours; far below where Python's parser gives up.
MAX_DEPTH = 40


class AnswerInsteadError(Exception):
    """Carries an answer that is given in place of the view's own."""

    def __init__(self, response: Response) -> None:
        super().__init__("answered already")
        self.response = response


class CursorPage(CursorPagination):
    """Newest first, by id: rows that arrive while pages are read shift nothing."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering = "-id"

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any] | None:
        """A cursor is a caller's text: it may name a place that no id can have."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, ModelError) as error:
            raise exceptions.NotFound(self.invalid_cursor_message) from error


class StrictJSONParser(JSONParser):
    """JSON as RFC 8259 has it: no NaN, no lone surrogates or NUL, bounded depth."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Any = None,
    ) -> Any:
        try:
            text = stream.read().decode("utf-8")
            data = json.loads(text, parse_constant=refuse_constant)
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError("The body is not valid JSON.") from error
        check_value(data, MAX_DEPTH)
        return data


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON.")


def check_value(value: Any, depth: int) -> None:
    """Refuse what a database cannot hold: NUL, half of a surrogate pair, 1e999."""
    if depth == 0:
        raise exceptions.ParseError("The body is nested too deeply.")
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise exceptions.ParseError("The body holds a character that is no text.")
    elif isinstance(value, float) and not math.isfinite(value):
        raise exceptions.ParseError("The body holds a number that is too large.")
    elif isinstance(value, dict):
        for key, item in value.items():
            check_value(key, depth)
            check_value(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            check_value(item, depth - 1)


class JSONOnly(DefaultContentNegotiation):
    """Answers are JSON, whatever `Accept` says: an odd header is no reason to fail."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: Any = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


def problem(
    http_status: int,
    code: str,
    title: str,
    *,
    errors: Any = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """An RFC 9457 answer."""
    body = {"type": f"urn:luxebrain:{code}", "title": title, "status": http_status}
    if errors is not None:
        body["errors"] = errors
    if request_id := structlog.contextvars.get_contextvars().get("request_id"):
        body["request_id"] = request_id
    return Response(
        body, status=http_status, headers=headers or {}, content_type=PROBLEM
    )


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal has a code and a sentence."""
    match error:
        case AnswerInsteadError():
            return error.response
        case LuxeBrainError():
            return refusal(error)
        case exceptions.ValidationError():
            return problem(
                400, "invalid_input", "Some fields are wrong.", errors=error.detail
            )
        case exceptions.APIException():
            return of_api_exception(error)
        case ModelError():
            return problem(
                400, "invalid_input", "Some fields are wrong.", errors=error.messages
            )
    return of_django(error)


OF_DJANGO: dict[type[Exception], tuple[int, str, str]] = {
    Http404: (404, "not_found", "Not found."),
    PermissionDenied: (403, "not_allowed", "Not allowed."),
    RequestDataTooBig: (413, "too_large", "The body is too large."),
    UnreadablePostError: (400, "unreadable", "The body broke off."),
}


def of_django(error: Exception) -> Response | None:
    """None for a bug of ours, which is not the caller's to read."""
    for kind, (status, code, title) in OF_DJANGO.items():
        if isinstance(error, kind):
            return problem(status, code, title)
    return None


def refusal(error: LuxeBrainError) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return problem(error.status, error.code, error.message, headers=headers)


def of_api_exception(error: exceptions.APIException) -> Response:
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    code = error.get_codes()
    return problem(
        error.status_code,
        code if isinstance(code, str) else "error",
        str(error.detail),
        headers=headers,
    )


def problem_page(
    request: HttpRequest, http_status: int, code: str, title: str
) -> HttpResponse:
    """The same answer outside DRF: middleware and error handlers."""
    body = {"type": f"urn:luxebrain:{code}", "title": title, "status": http_status}
    if request_id := getattr(request, "request_id", ""):
        body["request_id"] = request_id
    return HttpResponse(json.dumps(body), status=http_status, content_type=PROBLEM)
