"""The names of people."""

from collections.abc import Collection

from domain.base import Asking, Question


def ask_names(person_ids: Collection[int]) -> Asking[dict[int, str]]:
    """Ask for the names of those of these people that may sign in."""
    (found,) = yield [
        Question("select id, name from person where active and id = any($1)", (list(person_ids),))
    ]
    return {each[0]: each[1] for each in found}
