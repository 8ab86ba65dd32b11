"""The production column, as far as it can be checked without a Docker engine."""

from __future__ import annotations

import json
import re

import jsonschema_rs
import pytest
import yaml
from django.conf import settings

from deploy.local.environment import ROOT

TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
ENTRYPOINT = (ROOT / "deploy/docker/entrypoint.sh").read_text()
SECRETS = re.compile(r"\$\{(\w*(?:PASSWORD|KEYS?|TOKEN|USER|URL))(?!\w)(..)")


def test_it_follows_the_schema_of_compose():
    schema = ROOT / "node_modules/dclint/schemas/compose.schema.json"
    jsonschema_rs.validate(json.loads(schema.read_text()), COMPOSE)


def test_it_has_every_service_of_the_production_column():
    workers = {f"worker-{queue}" for queue in settings.QUEUES}
    assert set(SERVICES) == workers | {
        "nginx", "web", "beat", "migrate", "postgres", "redis", "rabbitmq",
        "minio", "minio-bucket", "mlflow", "prometheus", "grafana",
    }  # fmt: skip


@pytest.mark.parametrize("queue", settings.QUEUES)
def test_it_gives_each_queue_its_worker(queue):
    assert SERVICES[f"worker-{queue}"]["command"] == ["worker", queue]


def test_it_gives_no_secret_a_default():
    found = SECRETS.findall(TEXT)
    assert ("SECRET_KEY", ":?") in found
    assert {operator for _, operator in found} == {":?"}


def test_it_publishes_nginx_alone():
    assert [name for name, service in SERVICES.items() if "ports" in service] == [
        "nginx"
    ]


def test_it_keeps_databases_off_the_way_out():
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis", "rabbitmq", "minio", "mlflow", "prometheus"):
        assert SERVICES[name]["networks"] == ["inside"]


@pytest.mark.parametrize("name", SERVICES)
def test_it_bounds_each_service(name):
    service = SERVICES[name]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service["restart"] in {"unless-stopped", "on-failure:3"}


@pytest.mark.parametrize("name", SERVICES)
def test_it_waits_only_for_what_can_become_ready(name):
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        ends = other in {"migrate", "minio-bucket"}
        assert (wait["condition"] == "service_completed_successfully") == ends
        assert ends or "test" in SERVICES[other]["healthcheck"]


def test_it_names_every_volume_it_mounts():
    mounts = [m for service in SERVICES.values() for m in service.get("volumes", [])]
    sources = {mount.split(":")[0] for mount in mounts if not mount.startswith("$")}
    named = {source for source in sources if not source.startswith(".")}
    assert named == set(COMPOSE["volumes"])
    assert all((ROOT / source).exists() for source in sources - named)


def test_it_makes_models_on_the_disk():
    folder = f"{variable('VAR_DIR')}/trainings"
    assert f"trainings:{folder}" in SERVICES["worker-training"]["volumes"]


def test_it_keeps_uploads_on_the_disk():
    """The image makes the folder as its own user; a fresh volume takes that over."""
    folder = f"{variable('VAR_DIR')}/uploads"
    assert f"uploads:{folder}" in SERVICES["web"]["volumes"]
    assert "FILE_UPLOAD_TEMP_DIR" not in COMPOSE["x-app"]["environment"]


def variable(name):
    image = (ROOT / "Dockerfile").read_text()
    return re.search(rf"\b{name}=(\S+)", image)[1]


def test_it_lets_shops_be_private_only_where_asked():
    given = COMPOSE["x-app"]["environment"]["SHOPS_MAY_BE_PRIVATE"]
    assert given == "${SHOPS_MAY_BE_PRIVATE:-}"


def test_it_migrates_in_one_place():
    assert ENTRYPOINT.count("manage.py migrate") == 1
    assert [n for n, s in SERVICES.items() if s.get("command") == ["migrate"]] == [
        "migrate"
    ]


def test_its_example_names_every_variable():
    lines = (ROOT / "deploy/compose.env.example").read_text().splitlines()
    known = {line.split("=")[0] for line in lines if line and line[0] != "#"}
    assert known == set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT))


def test_its_image_runs_as_nobody_special():
    image = (ROOT / "Dockerfile").read_text()
    assert "\nUSER 10001:10001\n" in image
    assert "--require-hashes" in image
    assert "\nHEALTHCHECK " in image


def test_its_image_takes_in_only_what_it_copies():
    image = (ROOT / "Dockerfile").read_text()
    copied = set(re.findall(r"^COPY (\S+)", image, re.MULTILINE))
    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignore[1] == "*"
    assert copied == {line[1:] for line in ignore if line.startswith("!")}
