"""Questions: queries with their parameters, which can be put into one another."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_PARAMETER = re.compile(r"\$(\d+)")


class Question(NamedTuple):
    """A query with its parameters; its rows come back as tuples, in the order of its columns."""

    sql: str
    values: tuple[object, ...] = ()


def shifted(sql: str, by: int) -> str:
    """Return the query with its parameters counted from `by`, as a part of another one."""
    return _PARAMETER.sub(lambda found: f"${int(found[1]) + by}", sql) if by else sql


def side_by_side(texts: Sequence[str]) -> list[str]:
    """Return these queries as parts of one that takes the values of all, one after the other."""
    found, before = [], 0
    for text in texts:
        found.append(shifted(text, before))
        before += max(map(int, _PARAMETER.findall(text)), default=0)
    return found
