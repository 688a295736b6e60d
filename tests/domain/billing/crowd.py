"""Many homes at once: opened in bulk, read as a file of real registers says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cli.bench._accounts import OPENED_AT, open_accounts
from domain import metering, tariff
from domain.base import rows, run
from domain.metering import Reading

OPENED = OPENED_AT
"""Midnight of 2 March 2026 in Shanghai: all registers stand at zero."""


@dataclass
class Member:
    """An account with a meter, whose ids are one number, under its tariff."""

    id: int
    tariff: str

    def reading(self, n: int, when: datetime, peak_wh: int, valley_wh: int) -> Reading:
        """Return the n-th reading of the meter, from 0 on: how its registers stand."""
        return Reading(self.id, n + 1, when, peak_wh + valley_wh, (0, peak_wh, 0, valley_wh, 0))


async def crowd(count: int, tariffs: Sequence[str]) -> list[Member]:
    """Open so many accounts; one after another they stand under these tariffs."""
    await open_accounts(count, told=lambda _: None)
    for code in tariffs:
        if code != "zhejiang-residential-tou":
            await tariff.publish(tariff.catalogued(code), now=OPENED)
    # What is loaded for figures has registers, and no reading that they come from.
    await metering.ensure_partitions({OPENED.date()})
    names = ", ".join(metering.REGISTERS)
    await run(
        f"""insert into reading (meter_id, measured_at, n, {names})
            select meter_id, measured_at, 0, {names} from meter_register"""
    )
    await run(
        "update agreement set tariff_code = ($1::text[])[1 + (account_id - 1) % $2]",
        list(tariffs),
        len(tariffs),
    )
    return [Member(k + 1, tariffs[k % len(tariffs)]) for k in range(count)]


async def charged() -> dict[int, tuple[int, int]]:
    """Return fen and Wh that accounts were charged so far, on bills and since."""
    found = await rows(
        """select p.account_id, p.billed_fen + p.unbilled_fen as fen,
             p.unbilled_wh + coalesce(b.wh, 0) as wh
           from account_position p left join (
             select account_id, sum(energy_wh)::bigint as wh from bill
             where state = 'ISSUED' and kind = 'BILL' group by account_id) b using (account_id)"""
    )
    return {each["account_id"]: (each["fen"], each["wh"]) for each in found}


async def said(members: Iterable[Member]) -> dict[int, list[tuple[object, ...]]]:
    """Return the standing bills of these accounts with their lines, without their numbers."""
    found: dict[int, list[tuple[object, ...]]] = {one.id: [] for one in members}
    for each in await rows(
        """select b.account_id, b.first_day, b.until, b.total_fen, b.energy_wh, l.n, l.line,
             l.tier, l.quantity, l.price, l.amount_fen
           from bill b join bill_line l on l.account_id = b.account_id and l.bill_id = b.id
           where b.account_id = any($1) and b.kind = 'BILL' and b.state = 'ISSUED'
           order by b.account_id, b.first_day, l.n""",
        list(found),
    ):
        found[each.pop("account_id")].append(tuple(each.values()))
    return found
