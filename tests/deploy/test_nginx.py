"""What nginx lets through, held against what the product takes."""

from __future__ import annotations

import re

from django.conf import settings
from django.urls import reverse

from apps.sync.services.files.import_file import MOST_BYTES
from deploy.local.environment import ROOT

TEXT = (ROOT / "deploy/nginx/nginx.conf").read_text()
PROXY = (ROOT / "deploy/nginx/proxy.conf").read_text()
MIB = 1024 * 1024
UPLOAD = "= /admin/sync/fileimport/do/upload/"


def location(head: str) -> str:
    return re.search(rf"location {re.escape(head)} {{(.*?)\n    }}", TEXT, re.DOTALL)[1]


def ceiling(text: str) -> int:
    return int(re.search(r"client_max_body_size (\d+)m;", text)[1]) * MIB


def test_it_takes_the_largest_file_and_the_form_around_it():
    assert reverse("admin:sync_fileimport_list_verb", args=["upload"]) in UPLOAD
    assert ceiling(location(UPLOAD)) == MOST_BYTES + MIB


def test_it_keeps_a_large_file_on_the_disk_since_tmp_is_memory():
    assert "client_body_temp_path /var/cache/nginx/uploads;" in location(UPLOAD)


def test_it_stops_other_bodies_where_the_product_does():
    whole_server = TEXT.split("listen 8443", 1)[1]
    assert ceiling(whole_server) == settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert ceiling(location("/api/")) == settings.API_BODY_LIMIT


def test_it_waits_longer_for_a_file_than_for_a_page():
    """What every location includes would win over, or clash with, its own."""
    assert "proxy_read_timeout" not in PROXY
    assert TEXT.count("proxy_read_timeout 30s;") == 1
    assert "proxy_read_timeout 300s;" in location(UPLOAD)
