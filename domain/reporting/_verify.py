"""Check on live data what must never break."""

from typing import NamedTuple

from domain.accrual import charges_of
from domain.base import rows

from ._control_invariants import CONTROL
from ._money_invariants import MONEY

SAMPLE = 1_000

_CHARGED = """
select p.account_id, p.as_of, p.unbilled_fen - p.closed_fen as fen from account_position p
where not exists (select 1 from usage_changed_account w where w.account_id = p.account_id)
"""


class Verified(NamedTuple):
    """One invariant: how many rows were checked, and how many break it."""

    code: str
    sentence: str
    checked: int
    breaches: int


async def verify() -> list[Verified]:
    """Check every invariant of money and of control on the live data; nothing is changed.

    Each check is one statement, so it sees one moment of the data whatever goes on beside it.
    """
    found = []
    for each in (*MONEY, *CONTROL):
        counted = (await rows(each.sql))[0]
        found.append(
            Verified(each.code, each.sentence, int(counted["checked"]), int(counted["breaches"]))
        )
    found.append(await _rerated())
    return sorted(found, key=lambda each: (each.code[0] != "L", each.code))


async def _rerated() -> Verified:
    sampled = await rows(f"{_CHARGED} order by random() limit $1", SAMPLE)
    ids = [each["account_id"] for each in sampled]
    rated = await charges_of(ids)
    # Whatever has moved meanwhile is left out: all that is compared is of one moment.
    still = await rows(f"{_CHARGED} and p.account_id = any($1)", ids)
    charged = [
        each
        for each in sampled
        if each in still
        and each["account_id"] in rated
        and rated[each["account_id"]].as_of == each["as_of"]
    ]
    wrong = [each for each in charged if rated[each["account_id"]].total_fen != each["fen"]]
    sentence = f"charges rated again come to the same fen (a sample of {SAMPLE})"
    return Verified("L8", sentence, len(charged), len(wrong))
