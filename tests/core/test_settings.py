from __future__ import annotations

import os
import re
import subprocess
import sys

from tests.house.sources import ROOT

READ = re.compile(r"env\.\w+\(\s*\"([A-Z0-9_]+)\"")


def names_read() -> set[str]:
    files = (ROOT / "luxebrain").glob("*.py")
    return {name for file in files for name in READ.findall(file.read_text())}


def test_every_setting_is_explained_in_the_example():
    example = (ROOT / ".env.example").read_text()
    explained = set(re.findall(r"^([A-Z0-9_]+)=", example, re.MULTILINE))
    assert names_read() == explained - {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_an_upload_waits_beside_the_data(tmp_path):
    code = (
        "import luxebrain.wsgi; from django.core.files.uploadedfile import "
        "TemporaryUploadedFile as File; "
        "print(File('a.csv', 'text/csv', 1, '').temporary_file_path())"
    )
    answer = python(code, VAR_DIR=str(tmp_path))
    assert answer.stdout.startswith(f"{tmp_path}/uploads/"), answer.stderr


def test_the_web_process_loads_no_model_code(tmp_path):
    code = (
        "import sys, luxebrain.wsgi, luxebrain.urls\n"
        "heavy = {'tensorflow', 'keras', 'ml_models', 'lightgbm', 'sklearn'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert python(code, VAR_DIR=str(tmp_path)).stdout == "[]\n"


def test_an_unsafe_production_worker_does_not_start(tmp_path):
    answer = python(
        "import sys; sys.argv = ['celery', '-A', 'luxebrain', 'worker']; "
        "from celery.__main__ import main; main()",
        VAR_DIR=str(tmp_path),
        LUXEBRAIN_DEPLOYMENT="production",
        C_FORCE_ROOT="1",
    )
    assert answer.returncode == 1
    assert "luxebrain.E002" in answer.stderr


def test_an_unsafe_production_web_process_does_not_start(tmp_path):
    answer = python(
        "import luxebrain.wsgi",
        VAR_DIR=str(tmp_path),
        LUXEBRAIN_DEPLOYMENT="production",
    )
    assert answer.returncode == 1
    assert "luxebrain.E002" in answer.stderr
