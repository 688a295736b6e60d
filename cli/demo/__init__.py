"""Demo: a prepaid district on one machine, with the real loads of ten homes."""

from ._command import demo

__all__ = ["demo"]
