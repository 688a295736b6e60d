"""Node: objects by their id, and lists of them.

An id is opaque and globally unique; `parsed_id` returns None for what is none of ours, so that it
answers like what does not exist. A list is a `Connection`: keyset pages, 20 lines by default and
100 at most, counted only where that is asked for.
"""

from ._node import Node, NodeKey, global_id, parsed_id, told_id
from ._page import (
    FIRST_DEFAULT,
    FIRST_MAX,
    After,
    Connection,
    First,
    cursor_sql,
    key_behind,
    page,
    page_limit,
    paged,
    rows_for,
)

__all__ = [
    "FIRST_DEFAULT",
    "FIRST_MAX",
    "After",
    "Connection",
    "First",
    "Node",
    "NodeKey",
    "cursor_sql",
    "global_id",
    "key_behind",
    "page",
    "page_limit",
    "paged",
    "parsed_id",
    "rows_for",
    "told_id",
]
