"""The stock server: strawberry as it comes over Tortoise's rows, as its documentation teaches it.

Types for the two hot documents; the same tokens, the same row-level security, the same bytes.
"""

from ._app import Stock

__all__ = ["Stock"]
