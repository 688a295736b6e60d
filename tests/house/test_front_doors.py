"""A room is a small library: one front door that says its words and what each of them does."""

import ast
import importlib
import inspect
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from source import FILES, ROOMS, ROOT, dotted, named, tree

DOORS = [
    path
    for path in FILES
    if path.name == "__init__.py"
    and any(
        isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "__all__"
        for line in tree(path).body
    )
]
each_door = pytest.mark.parametrize("path", DOORS, ids=named)


def test_every_room_has_a_front_door() -> None:
    assert [named(room) for room in ROOMS if room / "__init__.py" not in DOORS] == []


@each_door
def test_a_front_door_is_sorted_and_explained(path: Path) -> None:
    module = importlib.import_module(dotted(path.parent))
    assert (module.__doc__ or "").strip()
    words = list(module.__all__)
    assert words == sorted(words, key=_order)
    assert [word for word in words if not _explained(getattr(module, word))] == []


@pytest.mark.parametrize("room", ROOMS, ids=named)
def test_a_room_is_entered_by_its_front_door_only(room: Path) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    guarded = {
        module
        for contract in contracts["contracts"]
        if contract["type"] == "protected"
        for module in contract["protected_modules"]
    }
    assert f"{dotted(room)}.*" in guarded


def test_imports_keep_the_contracts() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout[-3000:]


def _order(word: str) -> tuple[int, str]:
    return (0 if word.isupper() else 1 if word[0].isupper() else 2, word)


def _explained(thing: object) -> bool:
    if not (inspect.isclass(thing) or inspect.isfunction(thing)):
        return True
    if getattr(getattr(thing, "__strawberry_definition__", None), "description", None):
        return True  # the schema tells its words
    text = thing.__doc__ or ""
    return bool(text.strip()) and not text.startswith(f"{thing.__name__}(")
