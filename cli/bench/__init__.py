"""Bench: how fast the house is, next to the floor that the same machine allows.

Each bench answers with one JSON object (`--json`) or a table, and works in a place of its own.
"""

from ._command import bench

__all__ = ["bench"]
