"""Command line: starts things; the only place where all parts are put together.

`feikong up` runs everything on one machine; `api`, `worker` and `headend` run one process each.
"""

from ._app import main
from ._house import House, house
from ._supervisor import Supervisor

__all__ = ["House", "Supervisor", "house", "main"]
