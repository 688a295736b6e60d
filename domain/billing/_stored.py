"""Stored: a bill as it was written, understood again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from domain.base import unpacked
from domain.rating import ChargeLine

from ._part import Part, understood
from ._rated import RatedLine


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill (电费账单) of a period, from its first day until (not on) the last.

    `kind` is BILL or REVERSAL. `state`: ISSUED is owed; HELD waits for a person, for `reasons`;
    CANCELLED was put away before it was issued; REVERSED has been taken back by a reversal.
    `total_fen` is None where the bill could not be rated. `original_id`: the bill that this one
    reverses or takes the place of, and `why`. `estimated`: a register at either end was not read.
    """

    id: int
    account_id: int
    kind: str
    state: str
    first_day: date
    until: date
    total_fen: int | None
    energy_wh: int
    estimated: bool
    reasons: tuple[str, ...]
    created_at: datetime
    issued_at: datetime | None
    original_id: int | None
    why: str | None


BILL_COLUMNS = """id, account_id, kind, state, first_day, until, total_fen, energy_wh, estimated,
  reasons, created_at, issued_at, original_id, why"""


def bill_in(row: Mapping[str, Any]) -> Bill:
    fields = {name: row[name] for name in Bill.__slots__}
    return Bill(**fields | {"reasons": tuple(row["reasons"])})


def parts_in(row: Mapping[str, Any]) -> tuple[Part, ...]:
    return understood(unpacked(row["basis"]))


def line_in(row: Mapping[str, Any]) -> RatedLine:
    return RatedLine(
        row["part"],
        ChargeLine(
            row["line"],
            row["kind"],
            row["unit"],
            row["quantity"],
            row["price"],
            row["amount_fen"],
            row["period"],
            row["tier"],
            Fraction(row["share"] or 1),
        ),
    )


def reversed_line(line: RatedLine) -> RatedLine:
    return RatedLine(line.part, line.line.negated())
