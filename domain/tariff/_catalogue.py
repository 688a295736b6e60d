"""The tariffs that are shipped, each with its source and date."""

from importlib.resources import files
from typing import Any

from ._node import loaded

_SUFFIX = ".json"


def catalogue() -> tuple[str, ...]:
    """Return the names of the shipped tariff documents."""
    folder = files(__package__) / "catalogue"
    names = (each.name for each in folder.iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def catalogued(name: str) -> Any:
    """Return the shipped document of that name, ready for `publish`."""
    path = files(__package__) / "catalogue" / f"{name}{_SUFFIX}"
    return loaded(path.read_text(encoding="utf-8"))


def document_schema() -> Any:
    """Return the JSON Schema of tariff documents (what editors check while one writes)."""
    path = files(__package__) / "tariff.schema.json"
    return loaded(path.read_text(encoding="utf-8"))
