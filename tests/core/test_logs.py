from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from apps.core.logs import clean, redact


@pytest.mark.parametrize(
    "text",
    [
        "mail to ada@mail.example failed",
        "key sk_abcdefgh1234_secretsecretsecret used",
        "postgres://brain:hunter2@db:5432/brain",
        "Bearer eyJhbGciOi.eyJzdWIi.c2ln",
    ],
)
def test_it_hides_what_is_personal_or_secret_in_a_sentence(text):
    cleaned = clean(text)
    for secret in ("ada@", "secretsecret", "hunter2", "eyJzdWIi"):
        assert secret not in cleaned


@pytest.mark.parametrize(
    "name", ["password", "SECRET_KEY", "Authorization", "email", "phone", "Set-Cookie"]
)
def test_it_hides_a_field_by_its_name(name):
    assert redact(None, "info", {name: "x1"}) == {name: "[hidden]"}


def test_it_hides_at_any_depth():
    event = {"body": {"people": [{"email": "ada@mail.example", "age": 3}]}}
    assert redact(None, "info", event) == {
        "body": {"people": [{"email": "[hidden]", "age": 3}]}
    }


def test_an_exception_in_the_log_is_one_clean_json_line(settings):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.getLogger().handlers[0].formatter or formatter())
    logger = logging.getLogger("tests.logs")
    logger.addHandler(handler)
    try:
        raise ValueError("ada@mail.example sent sk_abcdefgh1234_topsecret")
    except ValueError:
        structlog.get_logger("tests.logs").exception("broke", phone="+49 1")
    finally:
        logger.removeHandler(handler)
    line = json.loads(stream.getvalue())
    assert line["event"] == "broke"
    assert "ValueError" in line["exception"]
    assert not {"ada@", "topsecret", "+49"} & set(stream.getvalue().split())
    assert "ada@" not in stream.getvalue()
    assert "topsecret" not in stream.getvalue()


def formatter():
    from luxebrain.logging import logging_config

    config = logging_config("INFO", as_json=True)["formatters"]["lines"]
    return config.pop("()")(**config)


def test_a_link_that_sets_a_password_is_not_logged():
    path = "/password-reset/MTI/c9x2ab-0123456789abcdef/"
    assert clean({"path": path}) == {"path": "/password-reset/[link]/"}
