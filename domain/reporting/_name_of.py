"""The name of a person who may sign in."""

from domain.base import Asking, Question


def name_of(person_id: int) -> Question:
    """Return the query of `ask_name`; it finds no row where nobody may sign in."""
    return Question("select name from person where active and id = $1", (person_id,))


def ask_name(person_id: int) -> Asking[str]:
    """Ask for somebody's name; that of nobody is empty."""
    (found,) = yield [name_of(person_id)]
    return found[0][0] if found else ""
