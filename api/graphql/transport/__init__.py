"""Transport: the view that speaks GraphQL over HTTP and websockets.

A query that has a plan is answered directly; mutations, streams and whatever comes for the first
time go through strawberry's view and get the same answer.
"""

from ._view import View

__all__ = ["View"]
