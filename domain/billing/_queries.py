"""Questions about bills: frozen answers for whoever shows them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from domain.base import Listing, Question, rows, unpacked
from domain.identity import name_of_actor
from domain.rating import PeriodNeedsCut
from domain.tariff import Tariff

from ._gather import Gathering
from ._load import Loaded, load, load_many
from ._part import Part, Span
from ._rated import RatedLine, Rating
from ._stored import BILL_COLUMNS, Bill, bill_in

_NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class BillLine:
    """A line of a bill: `quantity` in thousandths of `unit`, `price` in 1e-8 per unit.

    Of the unit "%" the quantity is the base in fen, the price 1e-6 percent. `rule` names the kind
    of charge, `line` the charge in the tariff document, `title` what that calls it, if it does;
    `part` counts from 0. `contained_fen`: how much of the base a tax is that the prices have in
    them; it adds nothing.
    """

    part: int
    line: str
    rule: str
    unit: str
    quantity: int
    price: int
    share: Fraction
    period: str | None
    tier: int | None
    amount_fen: int
    first_day: date
    until: date
    tariff: str
    version: str
    contained_fen: int
    title: str | None


@dataclass(frozen=True, slots=True)
class BillPart:
    """A part of the period: under which version, with which tiers, from which registers.

    `before_wh`: charged in the same tier cycle before. `limits_wh`: up to where each tier but the
    last goes, for this account.
    """

    first_day: date
    until: date
    tariff: str
    version: str
    name: str
    source: str
    before_wh: int
    limits_wh: tuple[int, ...]
    periods_wh: tuple[int, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class BillDetail:
    """A bill with everything that explains it; the lines add up to its total."""

    bill: Bill
    parts: tuple[BillPart, ...]
    lines: tuple[BillLine, ...]


@dataclass(frozen=True, slots=True)
class RunView:
    """A bill run: how far it came; `ended_at` is None while it runs, or where it was cut off.

    `reached`: accounts up to this id have been looked at. `asked_by`: who started it, None: the
    schedule.
    """

    id: int
    district_id: int | None
    started_at: datetime
    ended_at: datetime | None
    accounts: int
    issued: int
    held: int
    total_fen: int
    reasons: Mapping[str, int]
    reached: int = 0
    asked_by: str | None = None


async def bills_of(account_id: int, *, limit: int, before: int | None = None) -> tuple[Bill, ...]:
    """Return the account's bills that a customer may see, newest first, on from id `before`.

    Issued, reversed and reversing ones; what is held or was cancelled never went out.
    """
    found = await rows(
        f"""select {BILL_COLUMNS} from bill
            where account_id = $1 and id < $2 and state in ('ISSUED', 'REVERSED')
            order by id desc limit $3""",
        account_id,
        before or _NEWEST,
        limit,
    )
    return tuple(map(bill_in, found))


async def held_bills(
    *, limit: int, district_id: int | None = None, before: int | None = None
) -> tuple[Bill, ...]:
    """Return the bills that wait for a person, newest first, on from id `before`."""
    found = await rows(
        f"""select {BILL_COLUMNS} from bill b where state = 'HELD' and id < $1
            and ($2::bigint is null or exists (
              select 1 from account a where a.id = b.account_id and a.district_id = $2))
            order by id desc limit $3""",
        before or _NEWEST,
        district_id,
        limit,
    )
    return tuple(map(bill_in, found))


def runs_of(
    *, limit: int, district_id: int | None = None, before: int | None = None
) -> Listing[RunView]:
    """Return bill runs, newest first, on from id `before`.

    Those of one district, if it is named, and those that go through all of them.
    """
    whole = Question(
        "select id, district_id, started_at, ended_at, accounts, issued, held, total_fen, reasons,"
        f" reached, {name_of_actor('asked_by')} as asked_by from bill_run"
        " where $1::bigint is null or coalesce(district_id, $1) = $1",
        (district_id,),
    )
    return Listing(whole, _run, limit=limit, before=before)


async def bill_of(bill_id: int) -> BillDetail:
    """Return a bill with its lines and what explains them. Refusals: UnknownBill."""
    loaded = await load(bill_id)
    seen = Gathering()
    await seen.versions({part.tariff for part in loaded.parts})
    return _detail(loaded, seen, Rating())


async def bills_by_id(bill_ids: Collection[int]) -> dict[int, BillDetail]:
    """Return these bills with what explains them; those that do not exist are left out."""
    found = await load_many(bill_ids)
    seen, rating = Gathering(), Rating()
    await seen.versions({part.tariff for loaded in found for part in loaded.parts})
    return {loaded.bill.id: _detail(loaded, seen, rating) for loaded in found}


def _detail(loaded: Loaded, seen: Gathering, rating: Rating) -> BillDetail:
    parts = tuple(_part(part, seen, rating) for part in loaded.parts)
    return BillDetail(loaded.bill, parts, _lines(loaded.parts, loaded.lines, seen))


async def bill_lines(parts: Sequence[Part], lines: Sequence[RatedLine]) -> tuple[BillLine, ...]:
    """Return rated lines, each with what it says about its part."""
    seen = Gathering()
    await seen.versions({part.tariff for part in parts})
    return _lines(parts, lines, seen)


def _lines(
    parts: Sequence[Part], lines: Sequence[RatedLine], seen: Gathering
) -> tuple[BillLine, ...]:
    titles = [_titles(seen.version(part)) for part in parts]
    found: list[BillLine] = []
    for each in lines:
        part, line = parts[each.part], each.line
        found.append(
            BillLine(
                each.part,
                line.line,
                line.kind,
                line.unit,
                line.quantity,
                line.price,
                line.share,
                line.period,
                line.tier,
                line.amount_fen,
                part.first_day,
                part.until,
                part.tariff,
                part.version,
                line.contained_fen,
                titles[each.part].get(line.line) or None,
            )
        )
    return tuple(found)


def _titles(tariff: Tariff | None) -> Mapping[str, str]:
    return {each.line: each.title for each in tariff.charges} if tariff else {}


def _part(part: Part, seen: Gathering, rating: Rating) -> BillPart:
    tariff = seen.version(part)
    try:
        limits = rating.terms(tariff, part).limits if tariff else ()
    except PeriodNeedsCut:
        limits = ()
    return BillPart(
        part.first_day,
        part.until,
        part.tariff,
        part.version,
        tariff.name if tariff else "",
        f"{tariff.source.title}, {tariff.source.date}" if tariff else "",
        part.before_wh,
        limits,
        part.periods_wh,
        part.spans,
    )


def _run(row: Mapping[str, Any]) -> RunView:
    return RunView(**{**row, "reasons": unpacked(row["reasons"])})
