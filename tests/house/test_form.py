"""The code's own form: names, sizes, whole numbers."""

import ast
from collections.abc import Iterator
from pathlib import Path

from source import DOMAIN, FILES, functions, named, tree

BANNED = {"utils", "helpers", "common", "manager", "service", "services", "misc"}
LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 50


def test_no_file_has_a_name_that_means_nothing() -> None:
    assert [named(path) for path in FILES if path.stem.strip("_") in BANNED] == []


def test_files_fit_a_sitting() -> None:
    long = [
        named(path)
        for path in FILES
        if "migrations" not in path.parts and len(path.read_text().splitlines()) > LINES_OF_A_FILE
    ]
    assert long == []


def test_functions_fit_a_screen() -> None:
    long = [
        f"{named(path)}:{function.name}"
        for path in FILES
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno >= LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_the_domain_knows_no_float() -> None:
    assert [place for path in DOMAIN for place in _floats(path)] == []


def _floats(path: Path) -> Iterator[str]:
    nodes = list(ast.walk(tree(path)))
    # How long something technical lasts is no amount: `lease_s: float`.
    seconds = {n.annotation for n in nodes if isinstance(n, ast.arg) and n.arg.endswith("_s")}
    for node in nodes:
        if node in seconds:
            continue
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        if literal or (isinstance(node, ast.Name) and node.id == "float"):
            yield f"{named(path)}:{node.lineno}"


def test_every_column_says_its_python_type() -> None:
    untyped = [
        f"{named(path)}:{table.name}"
        for path in DOMAIN
        if path.name == "models.py"
        for table in tree(path).body
        if isinstance(table, ast.ClassDef)
        if any(isinstance(line, ast.Assign) for line in table.body)
    ]
    assert untyped == []
