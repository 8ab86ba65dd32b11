"""Alerts and dashboards ask for figures that the product really shows."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from django.utils import timezone

from apps.core.models import Heartbeat
from deploy.local.environment import ROOT

ALERTS = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
SCRAPES = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
DASHBOARD = json.loads((ROOT / "deploy/grafana/dashboards/luxebrain.json").read_text())
QUERIES = [target["expr"] for p in DASHBOARD["panels"] for target in p["targets"]]
QUERIES += [rule["expr"] for rule in RULES]
# Two families that other programs show.
FOREIGN = ("rabbitmq_", "up{")


@pytest.fixture
def shown(client, db):
    Heartbeat.objects.create(queue="default", sent_at=timezone.now())
    client.get("/healthz")
    return client.get("/metrics").content.decode()


@pytest.mark.parametrize("query", QUERIES)
def test_it_asks_for_figures_that_exist(query, shown):
    names = re.findall(r"\b((?:django|luxebrain)_[a-z_]+)", query)
    assert names or any(start in query for start in FOREIGN)
    for name in names:
        family = re.sub(r"_(bucket|total)$", "", name)
        assert re.search(rf"^# TYPE {family}(_total)? ", shown, re.MULTILINE), name


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_it_says_what_an_alert_means(rule):
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"].endswith(".")
    assert re.fullmatch(r"\d+m", rule["for"])


def test_it_scrapes_services_that_compose_knows():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    targets = [
        target.split(":")[0]
        for job in SCRAPES["scrape_configs"]
        for config in job["static_configs"]
        for target in config["targets"]
    ]
    assert set(targets) - {"localhost"} <= set(services)


def test_its_dashboard_uses_the_source_that_is_provisioned():
    folder = ROOT / "deploy/grafana/provisioning"
    source = yaml.safe_load((folder / "datasources/prometheus.yml").read_text())
    uids = {panel["datasource"]["uid"] for panel in DASHBOARD["panels"]}
    assert uids == {source["datasources"][0]["uid"]}


def test_its_dashboard_shows_rate_latency_errors_queues_and_database():
    titles = " ".join(panel["title"] for panel in DASHBOARD["panels"]).lower()
    for word in ("requests", "latency", "5xx", "queue age", "database"):
        assert word in titles
