"""Embedded servers: PostgreSQL and Valkey from wheels, for a machine that has neither.

`running(folder)` starts both on free ports of 127.0.0.1 with passwords, and stops them at the end.
A folder has one owner at a time. What a killed owner left running in the folder is stopped first.
Servers never run as root: they get the uid of `nobody`, and where that uid cannot reach the folder
(a project below root's home) their data and binaries lie below /var/lib/feikong.
"""

from ._servers import (
    FolderTaken,
    FolderUnfit,
    Servers,
    demand_free,
    free_port,
    is_free,
    known,
    make_folder,
    running,
)

__all__ = [
    "FolderTaken",
    "FolderUnfit",
    "Servers",
    "demand_free",
    "free_port",
    "is_free",
    "known",
    "make_folder",
    "running",
]
