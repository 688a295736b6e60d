"""Charge what was used to date, a batch of accounts in one statement."""

from dataclasses import dataclass
from datetime import datetime

from domain.base import row
from domain.rating import set_based

from ._chosen import Chosen, among
from ._note_bases import note_bases
from ._plan_for import plan_for
from ._rate_singly import rate_singly
from ._settle import settle, settle_noted
from ._statement import Given, statement_by_bases, statement_by_segments

_OTHERS = """
select coalesce(array_agg(account_id), '{{}}')::text as accounts, count(*) as size from charge_basis
where account_id {} and (terms_id is null or terms_id <> all(${}::int[]))
"""


@dataclass(frozen=True, slots=True)
class Charged:
    """How many positions were written; whose of them stand across a watch line."""

    size: int
    crossed: tuple[int, ...]


async def charge(chosen: Chosen, *, now: datetime) -> Charged:
    """Store the charge to date of these accounts, whose locks are held.

    Where no tariff holds on the day, or it does not price what was used, the charge stays as of
    the last reading that could be rated: the position grows stale, and a stale position trips
    nobody. A position that says it already is not written.
    """
    groups, has_others = await settle_noted(chosen, now=now)
    noted = {group.note: set_based(group.terms) for group in groups if isinstance(group.note, int)}
    done = Charged(0, ())
    if noted:
        prepared = statement_by_bases(noted, chosen)
        done = await _written(prepared.sql, *chosen.values, *prepared.values)
    if has_others:
        others = await row(
            _OTHERS.format(chosen.condition, len(chosen.values) + 1), *chosen.values, list(noted)
        )
        assert others is not None
        unnoted = among(**others)
        await plan_for(unnoted)
        rest = await _charge_by_segments(unnoted, now=now)
        done = Charged(done.size + rest.size, (*done.crossed, *rest.crossed))
    return done


async def _charge_by_segments(chosen: Chosen, *, now: datetime) -> Charged:
    """Charge accounts by what is looked up now, and note it for those that are easily told."""
    groups = await settle(chosen, now=now)
    if not groups:
        return Charged(0, ())
    await note_bases(groups)
    alone = [group for group in groups if not group.is_set_based]
    given = [
        Given(each.account_id, each.as_of, each.used_wh, each.charges.total_fen)
        for each in (await rate_singly(alone) if alone else ())
    ]
    together = {k: set_based(g.terms) for k, g in enumerate(groups) if g.is_set_based}
    prepared = statement_by_segments(together, given)
    return await _written(
        prepared.sql,
        *chosen.values,
        ["{" + group.accounts + "}" for group in groups],
        list(range(len(groups))),
        [group.is_past for group in groups],
        *prepared.values,
    )


async def _written(sql: str, *values: object) -> Charged:
    found = await row(sql, *values)
    assert found is not None
    return Charged(found["size"], tuple(found["crossed"]))
