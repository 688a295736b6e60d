"""Set up how a member of staff signs in: a password, then a second factor that is confirmed."""

from collections.abc import Callable, Sequence
from datetime import datetime

from domain import audit
from domain.base import Actor, row, run, transaction, value

from ._invite import InvitationRejected, invited, use_up
from ._person import Person
from ._queries import person_of
from ._redeem_code import CodeRejected

_BEGUN = """
insert into staff_secret (person_id, password_hash, totp_secret) values ($1, $2, $3)
on conflict (person_id) do update
set password_hash = excluded.password_hash, totp_secret = excluded.totp_secret, set_up_at = null
"""


async def begin_set_up(
    phone: str, *, code_hash: str, password_hash: str, totp_secret: str, wall: datetime
) -> None:
    """Keep password and TOTP secret of whoever was invited; nobody signs in by them before
    `confirm_set_up`. Refusals: InvitationRejected.
    """
    async with transaction():
        _, person_id = await invited(phone, "SET_UP", code_hash=code_hash, wall=wall)
        await run(_BEGUN, person_id, password_hash, totp_secret)


async def confirm_set_up(
    phone: str,
    *,
    code_hash: str,
    step_of: Callable[[str], int | None],
    recovery_hashes: Sequence[str],
    wall: datetime,
) -> Person:
    """Take a first code of the new second factor and keep the hashes of its recovery codes.

    `step_of` tells the time step of the given code under a secret. Refusals: InvitationRejected,
    CodeRejected.
    """
    async with transaction():
        invitation_id, person_id = await invited(phone, "SET_UP", code_hash=code_hash, wall=wall)
        secret = await value("select totp_secret from staff_secret where person_id = $1", person_id)
        step = step_of(secret) if secret else None
        if step is None:
            raise CodeRejected
        await run(
            "update staff_secret set set_up_at = $2, totp_step = $3 where person_id = $1",
            person_id,
            wall,
            step,
        )
        await _replace_recovery_codes(person_id, recovery_hashes)
        await use_up(invitation_id, wall=wall)
        person = await person_of(person_id)
        if person is None:
            raise InvitationRejected
        actor = Actor(person.role, person_id)
        await audit.note(actor, "SET_UP_SIGN_IN", f"person:{person_id}", now=wall)
        return person


async def _replace_recovery_codes(person_id: int, hashes: Sequence[str]) -> None:
    await run("delete from recovery_code where person_id = $1", person_id)
    await row(
        "insert into recovery_code (person_id, code_hash) select $1, unnest($2::text[])"
        " returning person_id",
        person_id,
        list(hashes),
    )
