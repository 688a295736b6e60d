"""The strategies that are shipped, as data."""

import json
from importlib.resources import files
from typing import Any


def catalogued(code: str) -> dict[str, Any]:
    """Return the shipped strategy document of that code, ready for `publish_strategy`."""
    path = files(__package__) / "catalogue" / f"{code}.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
