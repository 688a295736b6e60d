"""Check on live data what must never break."""

from collections import defaultdict
from typing import Any, NamedTuple

from domain.accrual import SEGMENT_AS_OF, SEGMENT_USE
from domain.base import rows
from domain.rating import Consumption, Terms, rate, terms_of
from domain.tariff import PERIODS, versions_at

from ._invariants import INVARIANTS

SAMPLE = 1_000

_CHARGED = f"""
select p.account_id, p.unbilled_fen - p.closed_fen as charged_fen, p.cycle_wh, g.tariff_code,
  (p.as_of at time zone d.timezone)::date as day,
  {SEGMENT_USE}
from (select * from account_position order by random() limit $1) p
join account a on a.id = p.account_id join district d on d.id = a.district_id
join agreement g on g.account_id = a.id
  and (p.as_of at time zone d.timezone)::date >= g.valid_from
  and (p.as_of at time zone d.timezone)::date < coalesce(g.valid_to, 'infinity')
join charge_segment s on s.account_id = a.id join meter_register r using (meter_id)
where not exists (select 1 from usage_changed w where w.account_id = a.id)
group by p.account_id, p.unbilled_fen, p.closed_fen, p.cycle_wh, p.as_of, g.tariff_code, d.timezone
having p.as_of = {SEGMENT_AS_OF}
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
    for each in INVARIANTS:
        counted = (await rows(each.sql))[0]
        found.append(
            Verified(each.code, each.sentence, int(counted["checked"]), int(counted["breaches"]))
        )
    found.append(await _rerated())
    return sorted(found, key=lambda each: (each.code[0] != "L", each.code))


async def _rerated() -> Verified:
    charged = await rows(_CHARGED, SAMPLE)
    known = await _terms(charged)
    wrong = [
        each
        for each in charged
        if (terms := known.get((each["tariff_code"], each["day"]))) is not None
        and rate(terms, _used(each)).total_fen != each["charged_fen"]
    ]
    sentence = f"charges rated again come to the same fen (a sample of {SAMPLE})"
    return Verified("L8", sentence, len(charged), len(wrong))


async def _terms(charged: list[dict[str, Any]]) -> dict[tuple[str, Any], Terms]:
    codes = defaultdict(set)
    for each in charged:
        codes[each["day"]].add(each["tariff_code"])
    return {
        (code, day): terms_of(tariff, first_day=day)
        for day, wanted in codes.items()
        for code, tariff in (await versions_at(sorted(wanted), day)).items()
    }


def _used(each: dict[str, Any]) -> Consumption:
    sharp, peak, flat, valley, deep = (each[f"{period}_wh"] for period in PERIODS)
    return Consumption((sharp, peak, flat, valley, deep), each["cycle_wh"])
