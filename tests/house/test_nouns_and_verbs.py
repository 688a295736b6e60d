"""In the domain, files named by nouns compute and files named by verbs act."""

import ast
from pathlib import Path

import pytest
from source import DOMAIN, named, tree

# Questions, the transaction and the reading themselves, and families of acts that move one row
# through its states.
FAMILIES = {"_queries", "_transaction", "_reading", "_carry", "_act", "_record"}
INSIDE = [path for path in DOMAIN if path.name not in {"__init__.py", "models.py"}]
CLOCKS = {"now", "today", "utcnow", "time", "monotonic"}

each_file = pytest.mark.parametrize("path", INSIDE, ids=named)


@each_file
def test_a_file_that_acts_is_named_by_its_act(path: Path) -> None:
    acts = {node.name for node in ast.walk(tree(path)) if isinstance(node, ast.AsyncFunctionDef)}
    assert not acts or path.stem in FAMILIES or path.stem.strip("_") in acts


@each_file
def test_a_file_named_by_a_noun_touches_no_table(path: Path) -> None:
    if path.stem in FAMILIES or path.stem == "_columns" or _acts(path):
        return
    modules = {
        node.module or "." for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)
    }
    assert not {module for module in modules if module.split(".")[0] == "tortoise"}
    assert "models" not in modules


@each_file
def test_the_domain_reads_no_clock(path: Path) -> None:
    read = [
        f"{named(path)}:{node.lineno}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "time"}
    ]
    assert read == []


def _acts(path: Path) -> bool:
    return any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(tree(path)))
