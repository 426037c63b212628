"""The shared samples of legacy schools. They lie beside the repository, or where LEGACY_SAMPLES says."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(os.environ.get("LEGACY_SAMPLES", Path(__file__).resolve().parents[3] / "shared" / "legacy"))


def sample(name: str) -> Path:
    """A file or folder of the samples; the test fails when it is not there."""
    path = SAMPLES / name
    if not path.exists():
        pytest.fail(f"{path} is not there; say where the samples of the legacy are with LEGACY_SAMPLES=folder")
    return path


def golden_manifest() -> dict[str, Any]:
    """What is in the golden school, and who can log in with what."""
    content: dict[str, Any] = json.loads(sample("golden/manifest.json").read_text())
    return content


def generate(size: str, folder: Path) -> Path:
    """A school in a folder: small, medium (1,000 students, 100,000 reports), or large (twenty times that)."""
    generator = sample("make_legacy_db.py")
    subprocess.run(
        [sys.executable, generator, "--size", size, "--out", folder, "--force"], check=True, stdout=subprocess.DEVNULL
    )
    return folder
