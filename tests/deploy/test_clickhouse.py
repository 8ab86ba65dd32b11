"""The compose file that adds ClickHouse, as far as it can be checked without Docker."""

from __future__ import annotations

import json
import re

import jsonschema_rs
import yaml

from deploy.local.environment import ROOT
from tests.deploy.test_compose import SERVICES

TEXT = (ROOT / "deploy/clickhouse.yml").read_text()
ADDED = yaml.safe_load(TEXT)


def test_it_follows_the_schema_of_compose():
    schema = ROOT / "node_modules/dclint/schemas/compose.schema.json"
    jsonschema_rs.validate(json.loads(schema.read_text()), ADDED)


def test_it_tells_every_process_of_the_product():
    ours = {name for name, service in SERVICES.items() if "SECRET_KEY" in str(service)}
    told = {
        name
        for name, service in ADDED["services"].items()
        if service["environment"].get("EVENTS_ENGINE") == "clickhouse"
    }
    assert told == ours


def test_it_stands_inside_and_is_bounded():
    clickhouse = ADDED["services"]["clickhouse"]
    assert clickhouse["networks"] == ["inside"]
    assert "ports" not in clickhouse
    assert set(clickhouse["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert clickhouse["volumes"] == ["clickhouse-data:/var/lib/clickhouse"]


def test_its_password_has_no_default():
    assert set(re.findall(r"\$\{(\w+)(..)", TEXT)) == {("CLICKHOUSE_PASSWORD", ":?")}
