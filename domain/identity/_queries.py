"""Questions about people and their sessions."""

from datetime import datetime
from typing import Any

from domain.base import Listing, Question, row, rows

from ._person import Person
from ._phone import PhoneInvalid, plain_phone
from ._signed_in import OpenSession

_PERSON = "select id, name, role, locale, district_id from person where active and "
_SESSIONS = """
select s.id, coalesce(d.name, s.device) as device, d.id is not null as bound, s.created_at,
       coalesce(s.used_at, s.created_at) as used_at
from session s left join device d on d.id = s.device_id
where s.person_id = $1 and s.revoked_at is null and exists (
  select from refresh_token t where t.session_id = s.id and t.used_at is null and t.expires_at > $2)
"""


def _person(found: dict[str, Any] | None) -> Person | None:
    return None if found is None else Person(**found)


async def person_by_phone(typed: str) -> Person | None:
    """Return the active person with this phone, however it is typed, or None."""
    try:
        phone = plain_phone(typed)
    except PhoneInvalid:
        return None
    return _person(await row(_PERSON + "phone = $1", phone))


async def person_of(person_id: int) -> Person | None:
    """Return the active person, or None."""
    return _person(await row(_PERSON + "id = $1", person_id))


def open_sessions(
    person_id: int, *, wall: datetime, limit: int, before: int | None = None
) -> Listing[OpenSession]:
    """Return the person's sessions that can be refreshed, newest first, on from an id."""
    whole = Question(_SESSIONS, (person_id, wall))
    return Listing(whole, lambda row: OpenSession(**row), limit=limit, before=before)


async def sessions_ended(*, since: datetime) -> frozenset[int]:
    """Return the sessions that were revoked since then: access tokens of theirs may be about."""
    found = await rows("select id from session where revoked_at > $1", since)
    return frozenset(each["id"] for each in found)
