"""What the house tests read: the project's own source files."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = ("api", "auth", "cli", "devices", "domain", "runtime", "workers")


def _files(*floors: str) -> tuple[Path, ...]:
    found = (path for floor in floors for path in sorted((ROOT / floor).rglob("*.py")))
    return tuple(path for path in found if "__pycache__" not in path.parts)


FILES = _files(*FLOORS)
DOMAIN = tuple(path for path in _files("domain") if "migrations" not in path.parts)
ROOMS = tuple(
    path.parent
    for path in (*DOMAIN, *_files("api/graphql"))
    if path.match("domain/*/__init__.py") or path.match("api/graphql/*/__init__.py")
)


def dotted(room: Path) -> str:
    """Return the room as it is imported."""
    return ".".join(room.relative_to(ROOT).parts)


def named(path: Path) -> str:
    """Return the path as it is called inside the project."""
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield all functions of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
