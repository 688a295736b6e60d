"""The deployment's switches: stop all trips, or decide without sending anything."""

from datetime import datetime

from domain import audit
from domain.base import Actor, Refusal, rows, run, transaction


class SwitchUnknown(Refusal):
    """There is no switch of that name."""

    code = "SWITCH_UNKNOWN"


async def set_switch(name: str, is_on: bool, *, actor: Actor, now: datetime) -> None:  # ruff: ignore[boolean-type-hint-positional-argument]
    """Set `stop_trips` (no trip leaves, restores still do) or `shadow` (decide and record only).

    It holds from the next decision on: also a trip that was issued is asked again before it leaves.
    Once shadow is over, notices that were only written down in it are given anew.
    """
    async with transaction():
        changed = await rows(
            "update control_switch set is_on = $2, set_by = $3, set_at = $4 where name = $1"
            " returning name",
            name,
            is_on,
            str(actor),
            now,
        )
        if not changed:
            raise SwitchUnknown(name=name)
        await audit.note(actor, "SET_SWITCH", name, detail={"on": is_on}, now=now)
        if not is_on:
            await run(
                """update control set review_at = $1 where account_id in (
                     select account_id from control where account_id in (
                       select account_id from episode where closed_at is null
                       union select account_id from supply where output_state = 0)
                     order by account_id for update)""",
                now,
            )


async def switches() -> dict[str, bool]:
    """Return the switches by name."""
    return {s["name"]: s["is_on"] for s in await rows("select name, is_on from control_switch")}
