"""Step: an open part that has ended becomes a bill, or one more part of the same period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.accrual import Base, Service, Turn, asks_for_service

from ._calendar import days_of, midnight, period_end
from ._checks import Checks, Past, reasons_to_hold
from ._draft import Draft
from ._gather import Gathering, Metered, OpenPart
from ._part import Part, Span, within
from ._piece import Piece
from ._rated import NotRatable, Rated, RatedLine, Rating, chained
from ._read_registers import At
from ._recompute import lines_of
from ._registers import Stood


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of an account: a draft where the period ends, and where it moves on to.

    `closed` is a part that has ended before its period; `turn` is None where nothing moves,
    because the part can not be rated. `next_until` is when the following part ends.
    """

    draft: Draft | None = None
    closed: Part | None = None
    turn: Turn | None = None
    next_until: date = date.max


def ends_at(part: OpenPart) -> datetime:
    return midnight(part.piece.until, part.standing.zone)


def step(
    part: OpenPart,
    stood: Mapping[At, Stood],
    past: Sequence[Past],
    *,
    service: Service,
    checks: Checks,
    seen: Gathering,
    rating: Rating,
) -> Step:
    """Rate the part that has ended; where its period ends with it, draft the bill."""
    ended = _ended(part, stood, service)
    tariff = part.piece.tariff
    try:
        rated = chained([ended], [tariff], before_wh=part.cycle_wh, rating=rating)
    except NotRatable as refused:
        parts = (*part.closed, ended)
        return Step(draft=_draft(part, parts, None, (refused.reason,)))
    following = _following(part, seen)
    turn = _turn(part, rated, following, rating=rating)
    if not part.ends_period:
        return Step(closed=rated.parts[0], turn=turn, next_until=following.until)
    whole = _with_closed(part, rated, seen, rating)
    reasons = reasons_to_hold(
        checks,
        past,
        days=days_of(part.first_day, part.period_until),
        energy_wh=whole.energy_wh,
        total_fen=whole.total_fen,
        missing=ended.missing,
        unknown_factor=_lacks_factor(whole),
        unknown_demand=_lacks_demand(whole, seen, rating),
    )
    draft = _draft(part, whole.parts, whole, reasons)
    return Step(draft=draft, turn=turn, next_until=following.until)


def _lacks_factor(rated: Rated) -> bool:
    """Tell whether a power factor is charged that nobody knows."""
    return any(
        each.line.kind == "power_factor" and rated.parts[each.part].service.reactive_varh is None
        for each in rated.lines
    )


def _lacks_demand(rated: Rated, seen: Gathering, rating: Rating) -> bool:
    """Tell whether demand is charged, and nobody has measured any where energy was used."""
    return any(
        rating.prices_demand(part, tariff)
        for part in rated.parts
        if part.service.demand_w == 0 and part.energy_wh > 0
        if (tariff := seen.version(part)) is not None and asks_for_service(tariff)
    )


def _ended(part: OpenPart, stood: Mapping[At, Stood], service: Service) -> Part:
    at, tariff, first_day = ends_at(part), part.piece.tariff, part.piece.first_day
    spans = [span_of(meter, at, stood) for meter in part.meters if meter.base.at < at]
    return Part(
        first_day,
        part.piece.until,
        tariff.code if tariff else "",
        tariff.version if tariff else "",
        part.cycle_wh,
        within(part.standing.holder_on(first_day), first_day, part.first_day),
        tuple(spans),
        service,
    )


def span_of(meter: Metered, at: datetime, stood: Mapping[At, Stood]) -> Span:
    base, counted = meter.base, (meter.meter_id, meter.ratio, meter.base.at)
    if meter.end is not None and meter.end.at <= at:
        return Span(*counted, meter.end.at, base.registers, meter.end.registers, base.estimated)
    here = stood[meter.meter_id, at]
    marks = (base.estimated, here.estimated, here.missing)
    return Span(*counted, at, base.registers, here.registers, *marks)


def _with_closed(part: OpenPart, last: Rated, seen: Gathering, rating: Rating) -> Rated:
    """Return the whole period: the parts that ended before, as they were counted, and the last."""
    if not part.closed:
        return last
    lines = list(lines_of(part.closed, seen, rating))
    lines += (RatedLine(len(part.closed), each.line) for each in last.lines)
    return Rated((*part.closed, *last.parts), tuple(lines), last.after_wh)


def _following(part: OpenPart, seen: Gathering) -> Piece:
    standing, until = part.standing, part.piece.until
    whole = part.period_until if until < part.period_until else None
    end = whole or period_end(until, standing.reading_day)
    return seen.pieces(standing.footing, until, end)[0]


def _turn(part: OpenPart, rated: Rated, following: Piece, *, rating: Rating) -> Turn:
    standing, until = part.standing, part.piece.until
    fresh = following.tariff is not None and rating.restarts(
        following.tariff, until, begins_period=part.ends_period
    )
    return Turn(
        standing.account_id,
        tuple(
            Base(span.meter_id, span.until, span.end, span.end_estimated)
            for span in rated.parts[0].spans
        ),
        0 if fresh else rated.after_wh,
        closed_fen=rated.total_fen,
        closed_wh=rated.energy_wh,
    )


def _draft(
    part: OpenPart, parts: tuple[Part, ...], rated: Rated | None, reasons: tuple[str, ...]
) -> Draft:
    account_id = part.standing.account_id
    return Draft(account_id, part.first_day, part.period_until, parts, rated, reasons)
