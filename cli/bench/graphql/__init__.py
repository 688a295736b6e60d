"""Bench of GraphQL: what the two hot documents cost, next to plain endpoints of the same bytes.

Each server is a process of its own, and so is the load; the servers count their own CPU.
"""

from ._bench import STEPS, graphql_bench

__all__ = ["STEPS", "graphql_bench"]
