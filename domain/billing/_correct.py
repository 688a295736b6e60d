"""Correct bills (退补): what is known now, from a day on, against what was billed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from domain import accrual, audit, customer, ledger
from domain.accrual import Base, Turn
from domain.base import Actor, Refusal, row, rows, run, transaction, value
from domain.ledger import Entry, Kind

from ._announce import announce_correction
from ._calendar import midnight, period_end
from ._draft import Draft, Numbered
from ._gather import Gathering, Metered, Standing, standing_of_account
from ._issue import issue
from ._load import Loaded, load, load_issued
from ._part import Part, Span, segments_of, within
from ._piece import restarts
from ._postings import Owed
from ._rated import NotRatable, Rated, Rating, chained
from ._read_registers import estimate_missing, read_registers
from ._registers import Read
from ._service_of import service_of
from ._step import span_of
from ._stored import reversed_line
from ._write_bills import write_bills

_TRANSFER = "select id, amount_fen from ledger_transfer where source = $1 and kind = 'BILL'"
_REVERSED = "update bill set state = 'REVERSED' where account_id = $1 and id = any($2)"
_CLOSED = "select closed_fen, closed_wh from account_position where account_id = $1"
_TOTALS = "select id, total_fen from bill where account_id = $1 and id = any($2) order by id"
_HELD = "select id from bill where account_id = $1 and state = 'HELD'"


class HeldBillFirst(Refusal):
    """A bill of the account is held: release or cancel it before others are corrected."""

    code = "HELD_BILL_FIRST"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction did: bills taken back, bills in their place, and what they differ by."""

    account_id: int
    reversed_ids: tuple[int, ...] = ()
    reversal_ids: tuple[int, ...] = ()
    replacement_ids: tuple[int, ...] = ()
    difference_fen: int = 0


@dataclass(frozen=True, slots=True)
class _Chain:
    """Where the meters and the tier cycle stand on a day, after the bills so far."""

    day: date
    at: datetime
    bases: Mapping[int, Read]
    cycle_wh: int


@dataclass(frozen=True, slots=True)
class _Case:
    standing: Standing
    seen: Gathering
    rating: Rating
    now: datetime


async def correct(
    account_id: int, *, since: date, why: str, actor: Actor, now: datetime
) -> Correction:
    """Rate the bills from the one that holds the day `since` on again, with what is known now.

    Readings, agreements and tariff versions as they stand today decide. A bill that comes out
    otherwise is reversed and replaced; the following ones are rated after it, through the year's
    tiers, and the open period counts on from there. Nothing is edited: the customer sees all
    three. Correcting back gives the first bill again. Refusals: HeldBillFirst, NotRatable.
    """
    async with transaction():
        await customer.lock([account_id])
        held = await value(_HELD, account_id)
        if held is not None:
            raise HeldBillFirst(bill_id=held)
        issued = [each for each in await load_issued(account_id) if each.bill.until > since]
        standing, closed = await standing_of_account(account_id)
        parts = (*(part for each in issued for part in each.parts), *closed)
        if not parts:
            return Correction(account_id)
        case = _Case(standing, Gathering(), Rating(), now)
        await case.seen.versions({agreed.tariff for agreed in standing.footing.agreed})
        chain = _start(parts[0], standing)
        pairs: list[tuple[Loaded, Draft]] = []
        for each in issued:
            rated, chain = await _rerated(each, chain, case)
            loaded = await load(each.bill.id)
            if _differs(loaded, rated):
                pairs.append((loaded, _replacement(loaded, rated, why)))
        done = await _exchange(account_id, pairs, why=why, now=now)
        await accrual.turn_back(account_id, segments_of(closed))
        await _count_on(account_id, chain, done, case)
        if pairs:
            await announce_correction(
                account_id,
                done.replacement_ids,
                since=pairs[0][0].bill.first_day,
                difference_fen=done.difference_fen,
            )
        detail = {"reversed": done.reversed_ids, "replacements": done.replacement_ids, "why": why}
        await audit.note(actor, "CORRECT_BILLS", f"account:{account_id}", now=now, detail=detail)
        return done


def _start(first: Part, standing: Standing) -> _Chain:
    day = first.first_day
    return _Chain(day, midnight(day, standing.zone), {}, first.before_wh)


async def _rerated(was: Loaded, chain: _Chain, case: _Case) -> tuple[Rated, _Chain]:
    bill, standing = was.bill, case.standing
    meters = _meters(was, chain, midnight(bill.until, standing.zone))
    parts: list[Part] = []
    cut = case.seen.pieces(standing.footing, bill.first_day, bill.until)
    for piece in cut:
        spans = await _spans(piece.until, meters, case)
        tariff = piece.tariff
        names = (tariff.code, tariff.version) if tariff else ("", "")
        first_day = piece.first_day
        holder = within(standing.holder_on(first_day), first_day, bill.first_day)
        service = await service_of(
            bill.account_id,
            tariff,
            first_day=piece.first_day,
            until=piece.until,
            zone=standing.zone,
        )
        days = (piece.first_day, piece.until)
        parts.append(Part(*days, *names, 0, holder, spans, service))
        meters = _moved_on(meters, midnight(piece.until, standing.zone), spans)
    tariffs = [piece.tariff for piece in cut]
    rated = chained(parts, tariffs, before_wh=chain.cycle_wh, rating=case.rating)
    bases = {meter.meter_id: meter.base for meter in meters}
    return rated, _Chain(bill.until, midnight(bill.until, standing.zone), bases, rated.after_wh)


def _meters(was: Loaded, chain: _Chain, ends_at: datetime) -> list[Metered]:
    """Return the meters of a bill: from where the bill before leaves them, to where they ended."""
    return [
        Metered(
            each.meter_id,
            each.ratio,
            chain.bases.get(each.meter_id, Read(each.since, each.base, each.estimated))
            if each.since == chain.at
            else Read(each.since, each.base, each.estimated),
            None if each.until == ends_at else Read(each.until, each.end),
        )
        for each in segments_of(was.parts)
    ]


async def _spans(day: date, meters: Sequence[Metered], case: _Case) -> tuple[Span, ...]:
    """Return what the meters did from their bases to the day, on what is known now."""
    zone = case.standing.zone
    at = midnight(day, zone)
    bases = {meter.meter_id: meter.base for meter in meters if meter.runs_at(at)}
    wanted = [(meter_id, day, zone) for meter_id in bases]
    stood = await read_registers(wanted, bases)
    unread = [each for each in wanted if stood[each[0], at].missing]
    stood |= await estimate_missing(unread, bases, now=case.now)
    if any(stood[meter_id, at].missing for meter_id in bases):
        raise NotRatable("MISSING_READ", day=day)
    return tuple(span_of(meter, at, stood) for meter in meters if meter.base.at < at)


def _moved_on(meters: Sequence[Metered], at: datetime, spans: Sequence[Span]) -> list[Metered]:
    """Return the meters that run on after `at`, from where they stand then."""
    stand = {(s.meter_id, s.until): Read(s.until, s.end, s.end_estimated) for s in spans}
    return [
        meter if meter.base.at >= at else replace(meter, base=stand[meter.meter_id, at])
        for meter in meters
        if meter.end is None or meter.end.at > at
    ]


def _differs(was: Loaded, now: Rated) -> bool:
    def said(parts: tuple[Part, ...]) -> list[object]:
        return [(p.first_day, p.tariff, p.version, s.base, s.end) for p in parts for s in p.spans]

    return was.lines != now.lines or said(was.parts) != said(now.parts)


def _replacement(was: Loaded, rated: Rated, why: str) -> Draft:
    bill = was.bill
    return Draft(
        bill.account_id,
        bill.first_day,
        bill.until,
        rated.parts,
        rated,
        original_id=bill.id,
        why=why,
    )


def _reversal(was: Loaded, why: str) -> Draft:
    lines = tuple(map(reversed_line, was.lines))
    rated = Rated(was.parts, lines, 0)
    return replace(_replacement(was, rated, why), kind="REVERSAL")


async def _exchange(
    account_id: int, pairs: Sequence[tuple[Loaded, Draft]], *, why: str, now: datetime
) -> Correction:
    """Write reversals and replacements, and take what the wrong bills posted back."""
    wrong = [was for was, _ in pairs]
    await run(_REVERSED, account_id, [was.bill.id for was in wrong])
    reversals = await write_bills([_reversal(was, why) for was in wrong], now=now)
    replacements = await write_bills([right for _, right in pairs], now=now)
    for was, reversal in zip(wrong, reversals, strict=True):
        await _post_reversal(was.bill.id, reversal, now=now)
    return Correction(
        account_id,
        tuple(was.bill.id for was in wrong),
        tuple(each.id for each in reversals),
        tuple(each.id for each in replacements),
        sum(each.draft.total_fen or 0 for each in (*reversals, *replacements)),
    )


async def _post_reversal(wrong_id: int, reversal: Numbered, *, now: datetime) -> None:
    first = await row(_TRANSFER, f"bill:{wrong_id}")
    if first is None:
        return  # a bill over nothing posted nothing
    debit, credit = Kind.REVENUE, Kind.RECEIVABLE
    if (reversal.draft.total_fen or 0) > 0:
        debit, credit = credit, debit
    account_id, source = reversal.draft.account_id, f"bill:{reversal.id}"
    entry = Entry(account_id, debit, credit, first["amount_fen"], "REVERSAL", source)
    await ledger.post(entry, at=now, reverses_id=first["id"])


async def _count_on(account_id: int, chain: _Chain, done: Correction, case: _Case) -> None:
    """Post the replacements and open the period again, from where the corrected bills end."""
    day, standing = chain.day, case.standing
    piece = case.seen.pieces(standing.footing, day, period_end(day, standing.reading_day))[0]
    fresh = piece.tariff is not None and restarts(piece.tariff, day, begins_period=True)
    closed = await row(_CLOSED, account_id)
    assert closed is not None
    await run("delete from open_bill_part where account_id = $1", account_id)
    turn = Turn(
        account_id,
        tuple(
            Base(meter_id, read.at, read.registers, read.estimated)
            for meter_id, read in chain.bases.items()
        ),
        0 if fresh else chain.cycle_wh,
        closed_fen=-closed["closed_fen"],
        closed_wh=-closed["closed_wh"],
        corrected_fen=done.difference_fen,
    )
    bills = await rows(_TOTALS, account_id, list(done.replacement_ids))
    owed = [Owed(each["id"], account_id, each["total_fen"]) for each in bills]
    await issue(owed, [turn], now=case.now)
