"""Audit: who did what, when. Entries are immutable and carry no personal data."""

from ._note import note

__all__ = ["note"]
