from collections.abc import Sequence
from datetime import date

from domain import billing, charge_control
from domain.outbox import Fact
from runtime import clock

from ._tools import Tools


async def announce_bills(_tools: Tools, facts: Sequence[Fact]) -> None:
    """Tell customers that their bills are out; in shadow it is written down only."""
    shadow = (await charge_control.switches())["shadow"]
    for fact in facts:
        await billing.tell_of_bills(fact.payload["bill_ids"], now=clock.now(), shadow=shadow)


async def announce_correction(_tools: Tools, facts: Sequence[Fact]) -> None:
    """Tell a customer that bills were corrected."""
    shadow = (await charge_control.switches())["shadow"]
    for fact in facts:
        said = fact.payload
        await billing.tell_of_correction(
            said["account_id"],
            said["bill_ids"],
            since=date.fromisoformat(said["first_day"]),
            difference_fen=said["difference_fen"],
            now=clock.now(),
            shadow=shadow,
        )
