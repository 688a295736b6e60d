"""Memory: how often a process looks for garbage that refers to itself."""

import gc

__all__ = ["collect_seldom"]

_OBJECTS = 20_000


def collect_seldom() -> None:
    """Look once in 20,000 new objects instead of 700, for processes that work in large batches.

    A batch of bills makes some hundred thousand objects that all live until it is written: looking
    through them again and again found nothing and took a fifth of its time.
    """
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
