"""Channels: where payment channels tell us, signed, that money was paid.

`openapi.json` beside this file describes it, and is served with it.
"""

from ._routes import OPENAPI, routes

__all__ = ["OPENAPI", "routes"]
