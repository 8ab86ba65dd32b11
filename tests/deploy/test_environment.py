from __future__ import annotations

import os
import stat
import subprocess
import sys

from cryptography.fernet import Fernet

from deploy.local.environment import ROOT, collect, make_secrets, read


def test_it_reads_pairs_and_drops_quotes(tmp_path):
    file = tmp_path / ".env"
    file.write_text(
        "# note\nA=1\nexport B='two words'\nC=\"x=y\"\nEMPTY=\n\nnonsense\n"
    )
    assert read(file) == {"A": "1", "B": "two words", "C": "x=y"}


def test_it_makes_secrets_once_for_their_owner_alone(tmp_path):
    first = make_secrets(tmp_path)
    assert make_secrets(tmp_path) == first
    assert len(first["SECRET_KEY"]) >= 50
    assert Fernet(first["FIELD_KEYS"])
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600


def test_it_lets_the_real_environment_win(tmp_path, monkeypatch):
    file = tmp_path / ".env"
    file.write_text(f"VAR_DIR={tmp_path}\nLOG_LEVEL=DEBUG\nSECRET_KEY=from-the-file\n")
    monkeypatch.setenv("ENV_FILE", str(file))
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    monkeypatch.delenv("VAR_DIR")
    found = collect(port=8123)
    assert (found["LOG_LEVEL"], found["SECRET_KEY"]) == ("ERROR", "from-the-file")
    assert found["PUBLIC_URL"] == "http://localhost:8123"


def test_it_starts_from_a_whole_copy_of_the_example(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "ENV_FILE": str(ROOT / ".env.example"),
        "VAR_DIR": str(tmp_path),
    }
    check = [sys.executable, "manage.py", "check"]
    subprocess.run(check, cwd=ROOT, env=environment, check=True, capture_output=True)


def test_it_gives_a_command_by_hand_the_same_keys(tmp_path):
    keys = make_secrets(tmp_path)["FIELD_KEYS"]
    tell = "from django.conf import settings; print(settings.FIELD_KEYS[0])"
    told = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", tell],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "ENV_FILE": os.devnull,
            "VAR_DIR": str(tmp_path),
        },
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == keys
