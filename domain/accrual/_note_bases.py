"""Note what accounts are charged by, so that it need not be looked up again."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.base import LISTED, run, value
from domain.metering import PERIODS

from ._group import NOTED, Group
from ._segment import SEGMENT_BASES

_NAMES = ", ".join(NOTED)
_PLACES = "$1::text, $2::date, $3::date, $4::text"
_FIND = f"""
select id from charge_terms where ({_NAMES}) is not distinct from ({_PLACES})
"""
_ADD = f"insert into charge_terms ({_NAMES}) values ({_PLACES}) on conflict do nothing"

_LISTED_BASES = SEGMENT_BASES.format(f"where account_id = {LISTED}")
_BASES = f"""
update charge_basis b set terms_id = $2::int, meter_id = s.meter_id, ratio = s.ratio,
  since = s.since, cycle_wh = p.cycle_wh, {", ".join(f"{p}_wh = s.{p}_wh" for p in PERIODS)}
from ({_LISTED_BASES}) s join account_position p using (account_id)
where p.account_id = {LISTED} and b.account_id = s.account_id and b.account_id = {LISTED}
"""


async def note_bases(groups: Sequence[Group]) -> None:
    """Note the terms and the segments of accounts in plain groups; their locks are held.

    Accounts with several meters at work are looked up each time.
    """
    for group in groups:
        if isinstance(group.note, Mapping) and group.is_set_based:
            await run(_BASES, f"{{{group.accounts}}}", await _terms_id(group.note))


async def _terms_id(note: Mapping[str, Any]) -> int:
    told = [note[name] for name in NOTED]
    found: int | None = await value(_FIND, *told)
    if found is None:
        await run(_ADD, *told)
        found = await value(_FIND, *told)
    assert found is not None
    return found
