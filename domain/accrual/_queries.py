"""Questions about balances."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from domain.base import listed
from domain.rating import ChargeLine

from ._rate_singly import rate_singly
from ._settle import settle_closely


@dataclass(frozen=True, slots=True)
class ChargesToDate:
    """What the open part of the period costs so far; the lines add up to `total_fen`."""

    tariff: str
    since: datetime
    as_of: datetime
    lines: tuple[ChargeLine, ...]
    total_fen: int


async def charges_to_date(account_id: int) -> ChargesToDate | None:
    """Return the lines of the open part by the pure path; None without a meter or a tariff."""
    return (await charges_of([account_id])).get(account_id)


async def charges_of(account_ids: Collection[int]) -> dict[int, ChargesToDate]:
    """Return the lines of these accounts' open parts; those that cannot be rated are left out."""
    groups = await settle_closely(listed(account_ids))
    return {
        each.account_id: ChargesToDate(
            each.charges.tariff.code,
            each.since,
            each.as_of,
            each.charges.lines,
            each.charges.total_fen,
        )
        for each in (await rate_singly(groups) if groups else ())
    }
