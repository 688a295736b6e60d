"""Write down where a command stands now, and send a person where the wire does not help."""

from datetime import datetime, timedelta
from typing import Any

from domain import customer, outbox, worklist
from domain.base import run

from ._life import OPEN_STATES, REPORTS_TO_VERIFY, Standing, State
from ._verb import Verb

TASK_TIME = timedelta(hours=24)  # power comes back within a day of the cause's end (SG10)

_WRITE = """
update command set state = $2, unverified_reports = $3,
  accepted_at = case when $2 in ('ACCEPTED', 'VERIFIED') then coalesce(accepted_at, $4) end,
  verified_at = case when $2 = 'VERIFIED' then $4 end,
  closed_at = case when $5 then null else $4 end,
  result_code = coalesce($6, result_code)
where id = $1
"""


def standing_of(found: dict[str, Any]) -> Standing:
    """Return the standing that a row of the table says."""
    return Standing(
        Verb(found["verb"]), State(found["state"]), found["seq"], found["unverified_reports"]
    )


async def settle(
    found: dict[str, Any], after: Standing, *, now: datetime, code: int | None = None
) -> None:
    """Write the standing `after` for the locked row `found`, with what follows from it.

    A close that failed, and any command that was taken but shows no effect in two reports, opens a
    task in the field.
    """
    before = standing_of(found)
    if after == before and code is None:
        return
    still_open = after.state in OPEN_STATES
    await run(_WRITE, found["id"], after.state, after.unverified, now, still_open, code)
    if after.state is State.PENDING and before.state is not State.PENDING:
        await outbox.add("command.waiting", meter_id=found["meter_id"])
    if after.state is State.FAILED:
        await outbox.add("command.failed", account_id=found["account_id"], command_id=found["id"])
    ghost = before.unverified < REPORTS_TO_VERIFY <= after.unverified
    if ghost or (after.state is State.FAILED and after.verb is not Verb.TRIP):
        await call_field(found, why="NO_EFFECT" if ghost else f"RESULT_{code}", now=now)


async def call_field(found: dict[str, Any], *, why: str, now: datetime) -> None:
    """Open the field task of a command that the wire could not carry through, once."""
    account = await customer.account_of(found["account_id"])
    assert account is not None
    await worklist.open_task(
        "CHECK_SUPPLY",
        district_id=account.district_id,
        account_id=account.id,
        meter_id=found["meter_id"],
        key=f"command:{found['id']}",
        detail={"command_id": str(found["id"]), "verb": Verb(found["verb"]).name, "why": why},
        due_at=now + TASK_TIME,
        now=now,
    )
