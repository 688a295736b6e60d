"""Questions about people."""

from typing import Any

from domain.base import row

from ._person import Person

_PERSON = "select id, name, role, locale, district_id from person where active and "


def _person(found: dict[str, Any] | None) -> Person | None:
    return None if found is None else Person(**found)


async def person_by_phone(phone: str) -> Person | None:
    """Return the active person with this phone, or None."""
    return _person(await row(_PERSON + "phone = $1", phone))


async def person_of(person_id: int) -> Person | None:
    """Return the active person, or None."""
    return _person(await row(_PERSON + "id = $1", person_id))
