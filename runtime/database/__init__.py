"""Database: one pool per process, migrations under a lock, and a server that can be trusted.

`open_database` refuses a server older than PostgreSQL 15; in production also one that may lose an
acknowledged payment (`fsync` or `synchronous_commit` off).
"""

from runtime.pool import Overloaded

from ._config import config
from ._migrate import migrate, missing_migrations, pending, write_migration
from ._open import close_database, is_ready, open_database, turn_away_after
from ._server import OLDEST, ServerFacts, UnfitServer, exists, facts, problems
from ._value import UnfitValue, unfit_value
from ._wall import wall_fault
from ._wipe import NotOurs, wipe

__all__ = [
    "OLDEST",
    "NotOurs",
    "Overloaded",
    "ServerFacts",
    "UnfitServer",
    "UnfitValue",
    "close_database",
    "config",
    "exists",
    "facts",
    "is_ready",
    "migrate",
    "missing_migrations",
    "open_database",
    "pending",
    "problems",
    "turn_away_after",
    "unfit_value",
    "wall_fault",
    "wipe",
    "write_migration",
]
