"""The town of the API's tests, served on a port, and node with the packages of the clients."""

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.api.conftest import address, api, app, town

__all__ = ["address", "api", "app", "node", "town"]

HERE = Path(__file__).parent
STAMP = HERE / "node_modules" / ".installed"


def absent(reason):
    if os.environ.get("CLIENTS") == "required":
        pytest.fail(reason)
    pytest.skip(f"{reason}: the JavaScript clients were NOT tested")


@pytest.fixture(scope="session")
def node():
    """Give the path of node, with the packages that the lock names installed beside the scripts."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None:
        absent("node is not installed")
    lock = sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if not STAMP.exists() or STAMP.read_text() != lock:
        if npm is None:
            absent("npm is not installed")
        done = subprocess.run([npm, "ci"], cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode:
            absent(f"npm ci failed ({done.stderr[-500:]})")
        STAMP.write_text(lock)
    return found
