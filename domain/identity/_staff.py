"""Questions about staff and their devices."""

from dataclasses import dataclass
from datetime import datetime

from domain.base import Listing, Question, row, rows, transaction

from ._person import Person, Role
from ._staff_secret import StaffSecret

_PROOFS = """
select p.id, p.name, p.role, p.locale, p.district_id, s.password_hash, s.totp_secret
from person p join staff_secret s on s.person_id = p.id
where p.active and p.role in ('INSPECTOR', 'OPERATOR') and s.set_up_at is not null
  and s.password_hash is not null and s.totp_secret is not null
"""
_STAFF = """
select p.phone, p.name, p.role, d.code as district, p.active,
       coalesce(s.set_up_at is not null, false) as set_up
from person p left join staff_secret s on s.person_id = p.id
left join district d on d.id = p.district_id
where p.role in ('INSPECTOR', 'OPERATOR') order by p.id
"""
_DEVICES = """
select d.id, d.name, d.created_at, d.revoked_at, p.phone, p.name as person
from device d join person p on p.id = d.person_id
where d.enrolled and ($1::bigint is null or p.district_id = $1)
"""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """An inspector or operator; `set_up`: has a password and a second factor."""

    phone: str
    name: str
    role: Role
    district: str | None
    active: bool
    set_up: bool


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled device and whose it is."""

    id: int
    name: str
    created_at: datetime
    revoked_at: datetime | None
    phone: str
    person: str


async def staff_secret_of(
    *, phone: str | None = None, person_id: int | None = None
) -> StaffSecret | None:
    """Return how the active, set up member of staff signs in; None where there is none such."""
    which, given = ("phone = $1", phone) if phone is not None else ("id = $1", person_id)
    async with transaction():
        found = await row(f"{_PROOFS} and p.{which}", given)
    if found is None:
        return None
    password_hash, totp_secret = found.pop("password_hash"), found.pop("totp_secret")
    return StaffSecret(Person(**found), password_hash, totp_secret)


async def staff() -> tuple[StaffMember, ...]:
    """Return all inspectors and operators, oldest first."""
    return tuple(StaffMember(**each) for each in await rows(_STAFF))


def devices(
    *, district_id: int | None = None, limit: int = 100, before: int | None = None
) -> Listing[Device]:
    """Return enrolled devices of the district's staff (None: of all), newest first."""
    whole = Question(_DEVICES, (district_id,))
    return Listing(whole, lambda row: Device(**row), limit=limit, before=before)
