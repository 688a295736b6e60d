"""Know a customer by their phone."""

from datetime import datetime

from domain import audit, identity
from domain.base import Actor, rows, transaction
from domain.identity import Person

_ON_FILE = """
select distinct a.id, a.name, a.locale from account a
join contact c on c.account_id = a.id and c.active
where c.phone = $1 and a.closed_at is null order by a.id
"""


async def welcome(phone: str, *, wall: datetime) -> Person | None:
    """Return the customer who has this phone, or None.

    Whoever is on file for open accounts becomes their holder when they first ask to sign in.
    Members of staff are no customers: they sign in by password.
    """
    async with transaction():
        known = await identity.person_by_phone(phone)
        if known is not None:
            return known if known.role == "CUSTOMER" else None
        on_file = await rows(_ON_FILE, phone)
        if not on_file:
            return None
        first = on_file[0]
        person_id = await identity.enrol(
            phone, role="CUSTOMER", name=first["name"], locale=first["locale"]
        )
        for each in on_file:
            await identity.grant_access(person_id, each["id"])
            actor, subject = Actor("CUSTOMER", person_id), f"account:{each['id']}"
            detail = {"person": person_id, "role": "HOLDER"}
            await audit.note(actor, "GRANT_ACCESS", subject, detail=detail, now=wall)
        return await identity.person_of(person_id)
