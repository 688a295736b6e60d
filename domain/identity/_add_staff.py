"""Make a member of staff known, or change how they sign in."""

from datetime import datetime
from typing import Literal

from domain import audit
from domain.base import Actor, Refusal, run, transaction, value

from ._end_sessions import end_sessions

_KEEP = """
insert into staff_secret (person_id, password_hash) values ($1, $2)
on conflict (person_id) do update set password_hash = excluded.password_hash
"""


class PhoneTaken(Refusal):
    """Somebody has this phone already."""

    code = "PHONE_TAKEN"


async def add_staff(
    phone: str,
    *,
    role: Literal["INSPECTOR", "OPERATOR"],
    name: str,
    district_id: int | None,
    locale: str,
    actor: Actor,
    wall: datetime,
) -> int:
    """Make an inspector or operator known by their phone. Refusals: PhoneTaken."""
    async with transaction():
        person_id: int | None = await value(
            "insert into person (phone, name, role, district_id, locale, active)"
            " values ($1, $2, $3, $4, $5, true) on conflict (phone) do nothing returning id",
            phone,
            name,
            role,
            district_id,
            locale,
        )
        if person_id is None:
            raise PhoneTaken
        detail = {"role": role, "district": district_id}
        await audit.note(actor, "ADD_STAFF", f"person:{person_id}", detail=detail, now=wall)
        return person_id


async def set_password(person_id: int, password_hash: str, *, actor: Actor, wall: datetime) -> None:
    """Keep another password for a member of staff; they are signed out everywhere."""
    async with transaction():
        await run(_KEEP, person_id, password_hash)
        await end_sessions(person_id, why="PASSWORD_SET", wall=wall, actor=actor)
        await audit.note(actor, "SET_PASSWORD", f"person:{person_id}", now=wall)


async def reset_factor(person_id: int, *, actor: Actor, wall: datetime) -> None:
    """Forget the second factor with its recovery codes; they are signed out everywhere.

    Until it is set up anew, by an invitation, they cannot sign in.
    """
    async with transaction():
        await run(
            "update staff_secret set totp_secret = null, set_up_at = null where person_id = $1",
            person_id,
        )
        await run("delete from recovery_code where person_id = $1", person_id)
        await end_sessions(person_id, why="FACTOR_RESET", wall=wall, actor=actor)
        await audit.note(actor, "RESET_FACTOR", f"person:{person_id}", now=wall)


async def retire_staff(person_id: int, *, actor: Actor, wall: datetime) -> None:
    """Let a member of staff sign in no more; what they did stays theirs."""
    async with transaction():
        await run("update person set active = false where id = $1", person_id)
        await end_sessions(person_id, why="RETIRED", wall=wall, actor=actor)
        await audit.note(actor, "RETIRE_STAFF", f"person:{person_id}", now=wall)
