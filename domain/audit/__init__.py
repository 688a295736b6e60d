"""Audit: who did what, when. Entries are immutable and carry no personal data.

What is asked for under a key (`Keyed`) is done once, its key and answer stored with its effect.
"""

from ._do_once import Keyed, KeyReused, Once, do_once
from ._note import note

__all__ = ["KeyReused", "Keyed", "Once", "do_once", "note"]
