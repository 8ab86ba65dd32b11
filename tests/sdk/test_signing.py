"""What both SDKs sign with, held against the vectors that every client is."""

from __future__ import annotations

import base64
import json
import subprocess
from datetime import UTC, datetime

import pytest

from tests.house.sources import ROOT
from tests.sdk.conftest import NODE, sdk

FIXTURES = ROOT / "tests/fixtures"
REQUESTS = json.loads((FIXTURES / "signing_vectors.json").read_text())
TOKENS = json.loads((FIXTURES / "customer_token_vectors.json").read_text())
IN_NODE = """
import { readFileSync } from "node:fs";
import { Signer } from "./lib/signing.js";
import { LuxeBrain } from "./index.js";

const [requests, tokens] = JSON.parse(readFileSync(0));
const sign = ({ key, method, path, timestamp, nonce, body_base64 }) => {
  const signer = new Signer(key);
  const body = Buffer.from(body_base64, "base64");
  return signer.sign(signer.canonical(method, path, timestamp, nonce, body));
};
const mint = ({ key, purpose, customer, expires }) => {
  const luxe = new LuxeBrain("https://brain.example", key);
  const at = new Date(expires * 1000);
  return purpose === "page" ? luxe.customerToken(customer, at) : luxe.emailToken(customer, at);
};
console.log(JSON.stringify([requests.map(sign), tokens.map(mint)]));
"""


@pytest.mark.parametrize("vector", REQUESTS, ids=lambda v: v["name"])
def test_python_signs_as_the_vectors_say(vector):
    luxe = sdk.LuxeBrain("https://brain.example", vector["key"])
    body = base64.b64decode(vector["body_base64"])
    text = luxe.signer.canonical(
        vector["method"], vector["path"], vector["timestamp"], vector["nonce"], body
    )
    luxe.close()
    assert text == vector["canonical"]
    assert luxe.signer.sign(text) == vector["signature"]


@pytest.mark.parametrize("vector", TOKENS, ids=lambda v: v["name"])
def test_python_mints_tokens_as_the_vectors_say(vector):
    luxe = sdk.LuxeBrain("https://brain.example", vector["key"])
    luxe.close()
    mint = {"page": luxe.customer_token, "email": luxe.email_token}[vector["purpose"]]
    expires = datetime.fromtimestamp(vector["expires"], UTC)
    assert mint(vector["customer"], expires) == vector["token"]


def test_node_signs_and_mints_as_the_vectors_say():
    done = subprocess.run(
        ["node", "--input-type=module", "-e", IN_NODE],
        cwd=NODE, input=json.dumps([REQUESTS, TOKENS]), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    signatures, tokens = json.loads(done.stdout)
    assert signatures == [vector["signature"] for vector in REQUESTS]
    assert tokens == [vector["token"] for vector in TOKENS]


@pytest.mark.parametrize("customer", [0, -1, 1 << 53])
def test_no_token_is_minted_for_nobody(customer):
    luxe = sdk.LuxeBrain("https://brain.example", REQUESTS[0]["key"])
    luxe.close()
    with pytest.raises(ValueError, match="customer's id"):
        luxe.customer_token(customer, datetime(2026, 1, 1, tzinfo=UTC))


def test_no_token_is_minted_for_a_moment_without_a_zone():
    luxe = sdk.LuxeBrain("https://brain.example", REQUESTS[0]["key"])
    luxe.close()
    with pytest.raises(ValueError, match="time zone"):
        luxe.customer_token(1, datetime(2026, 1, 1))  # noqa: DTZ001
