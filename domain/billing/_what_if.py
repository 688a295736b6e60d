"""What would it have cost: any account under any tariff for any period."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from domain.base import Refusal
from domain.tariff import NoTariff, Tariff

from ._gather import Gathering, Standing, standing_of_account
from ._meters_of import spans_of
from ._part import Part, within
from ._piece import Agreed, Piece
from ._rated import NotRatable, Rated, Rating, chained
from ._service_of import service_of


class PeriodEmpty(Refusal):
    """The period has no days, or none since the account was opened."""

    code = "PERIOD_EMPTY"


async def what_if(account_id: int, tariff: str, *, first_day: date, until: date) -> Rated:
    """Rate what the account used from `first_day` until (not on) `until` under another tariff.

    The tiers have counted what this tariff would have charged since their cycle began, or what
    was used where it cannot be said. Nothing is stored. Refusals: PeriodEmpty, NoTariff (no version
    is published for all of the period), NotRatable.
    """
    standing, _ = await standing_of_account(account_id)
    first_day = max(first_day, standing.opened_on)
    if until <= first_day:
        raise PeriodEmpty(first_day=first_day, until=until)
    seen, rating = Gathering(), Rating()
    await seen.versions([tariff])
    footing = replace(standing.footing, agreed=(Agreed(tariff, date.min, None),))
    pieces = seen.pieces(footing, first_day, until)
    if any(piece.tariff is None for piece in pieces):
        raise NoTariff(tariff=tariff)
    since = max(_cycle_start(pieces[0].tariff, first_day), standing.opened_on)
    before = seen.pieces(footing, since, first_day) if since < first_day else ()
    parts = await _parts([*before, *pieces], standing, first_day)
    charged_wh = _charged_wh(parts[: len(before)], before, rating)
    tariffs = [piece.tariff for piece in pieces]
    return chained(parts[len(before) :], tariffs, before_wh=charged_wh, rating=rating)


def _cycle_start(tariff: Tariff | None, day: date) -> date:
    around = tariff.cycle.around(day) if tariff and tariff.cycle else None
    return around[0] if around else day


def _charged_wh(parts: Sequence[Part], pieces: Sequence[Piece], rating: Rating) -> int:
    tariffs = [piece.tariff for piece in pieces]
    try:
        return chained(parts, tariffs, before_wh=0, rating=rating).after_wh
    except NotRatable:
        return sum(part.energy_wh for part in parts)


async def _parts(pieces: Sequence[Piece], standing: Standing, period_from: date) -> list[Part]:
    account_id, zone = standing.account_id, standing.zone
    days = [pieces[0].first_day, *(piece.until for piece in pieces)]
    spans = await spans_of(account_id, days, zone)
    return [
        Part(
            piece.first_day,
            piece.until,
            piece.tariff.code if piece.tariff else "",
            piece.tariff.version if piece.tariff else "",
            0,
            within(standing.holder_on(a), a, period_from),
            spans[a, b],
            await service_of(account_id, piece.tariff, first_day=a, until=b, zone=zone),
        )
        for piece in pieces
        for a, b in [(piece.first_day, piece.until)]
    ]
