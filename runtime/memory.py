"""Memory: how often a process looks for garbage that refers to itself."""

import gc

__all__ = ["collect_seldom", "keep_what_is_here"]

_OBJECTS = 20_000


def collect_seldom() -> None:
    """Look once in 20,000 new objects instead of 700, for processes that work in large batches.

    A batch of bills makes some hundred thousand objects that all live until it is written: looking
    through them again and again found nothing and took a fifth of its time.
    """
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])


def keep_what_is_here() -> None:
    """Look no more at what there is by now: a process that has started keeps its code and schema.

    Else every full search goes through some hundred thousand objects that never end.
    """
    gc.collect()
    gc.freeze()
