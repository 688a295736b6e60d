"""Invite a member of staff to set up their sign-in, or a device of theirs."""

from datetime import datetime, timedelta
from typing import Literal

from domain import audit
from domain.base import Actor, Refusal, row, run, transaction, value

INVITATION_LIFE = timedelta(hours=24)

Invites = Literal["SET_UP", "DEVICE"]


class StaffUnknown(Refusal):
    """No active inspector or operator has this phone."""

    code = "STAFF_UNKNOWN"


class InvitationRejected(Refusal):
    """The invitation is wrong, used or over: which of these is not told."""

    code = "INVITATION_REJECTED"


async def invite(
    person_id: int, kind: Invites, *, code_hash: str, actor: Actor, wall: datetime
) -> None:
    """Keep the hash of an invitation's code, good once and for a day; earlier ones are void."""
    async with transaction():
        await run(
            "update invitation set used_at = $3 where person_id = $1 and kind = $2"
            " and used_at is null",
            person_id,
            kind,
            wall,
        )
        await run(
            "insert into invitation (person_id, kind, code_hash, created_at, expires_at)"
            " values ($1, $2, $3, $4, $5)",
            person_id,
            kind,
            code_hash,
            wall,
            wall + INVITATION_LIFE,
        )
        await audit.note(actor, f"INVITE_{kind}", f"person:{person_id}", now=wall)


async def staff_named(phone: str) -> int:
    """Return the id of the active member of staff. Refusals: StaffUnknown."""
    found: int | None = await value(
        "select id from person where phone = $1 and active and role in ('INSPECTOR', 'OPERATOR')",
        phone,
    )
    if found is None:
        raise StaffUnknown
    return found


async def invited(phone: str, kind: Invites, *, code_hash: str, wall: datetime) -> tuple[int, int]:
    """Return (invitation, person), the invitation locked. Refusals: InvitationRejected."""
    found = await row(
        "select i.id, i.person_id from invitation i join person p on p.id = i.person_id"
        " where i.code_hash = $1 and i.kind = $2 and i.used_at is null and i.expires_at > $3"
        " and p.phone = $4 and p.active for update of i",
        code_hash,
        kind,
        wall,
        phone,
    )
    if found is None:
        raise InvitationRejected
    return found["id"], found["person_id"]


async def use_up(invitation_id: int, *, wall: datetime) -> None:
    await run("update invitation set used_at = $2 where id = $1", invitation_id, wall)
