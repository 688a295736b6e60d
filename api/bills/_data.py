"""A bill as JSON values: money, energy and prices as decimal strings, never floats."""

from decimal import Decimal
from typing import Any

from domain.billing import BillDocument, BillLine, BillPart, Span
from domain.tariff import PERIODS

_REGISTERS = ("total", *PERIODS)


def bill_data(document: BillDocument) -> dict[str, Any]:
    """Return everything on the bill, for machines."""
    detail, bill = document.detail, document.detail.bill
    return {
        "number": bill.id,
        "kind": bill.kind,
        "state": bill.state,
        "account": document.account,
        "name": document.name,
        "address": document.address,
        "district": document.district,
        "first_day": bill.first_day.isoformat(),
        "last_day_excluded": bill.until.isoformat(),
        "issued_at": bill.issued_at.isoformat() if bill.issued_at else None,
        "currency": document.currency,
        "total": None if bill.total_fen is None else _scaled(bill.total_fen, document.digits),
        "energy_kwh": _scaled(bill.energy_wh, 3),
        "estimated": bill.estimated,
        "reasons": list(bill.reasons),
        "why": bill.why,
        "takes_the_place_of": bill.original_id if bill.kind == "BILL" else None,
        "reverses": bill.original_id if bill.kind == "REVERSAL" else None,
        "still_to_pay": _scaled(document.open_fen, document.digits),
        "lines": [_line(line, document.digits) for line in detail.lines],
        "parts": [_part(part, document) for part in detail.parts],
        "months": [
            {
                "first_day": month.first_day.isoformat(),
                "energy_kwh": _scaled(month.energy_wh, 3),
                "total": None
                if month.total_fen is None
                else _scaled(month.total_fen, document.digits),
            }
            for month in document.months
        ],
    }


def _line(line: BillLine, digits: int) -> dict[str, Any]:
    is_percent = line.unit.startswith("%")
    return {
        "part": line.part,
        "line": line.line,
        "title": line.title or "",
        "rule": line.rule,
        "period": line.period,
        "tier": line.tier,
        "unit": line.unit,
        "quantity": _scaled(line.quantity, digits if is_percent else 3),
        "price": _scaled(line.price, 6 if is_percent else 8),
        "share": str(line.share),
        "amount": _scaled(line.amount_fen, digits),
        "contained": _scaled(line.contained_fen, digits),
    }


def _part(part: BillPart, document: BillDocument) -> dict[str, Any]:
    return {
        "first_day": part.first_day.isoformat(),
        "last_day_excluded": part.until.isoformat(),
        "tariff": part.tariff,
        "version": part.version,
        "name": part.name,
        "source": part.source,
        "charged_before_kwh": _scaled(part.before_wh, 3),
        "tier_limits_kwh": [_scaled(limit, 3) for limit in part.limits_wh],
        "used_kwh": {
            period: _scaled(wh, 3) for period, wh in zip(PERIODS, part.periods_wh, strict=True)
        },
        "meters": [_span(span, document) for span in part.spans],
    }


def _span(span: Span, document: BillDocument) -> dict[str, Any]:
    return {
        "meter": document.serials[span.meter_id],
        "ratio": span.ratio,
        "since": span.since.isoformat(),
        "until": span.until.isoformat(),
        "start_kwh": _registers(span.base),
        "end_kwh": _registers(span.end),
        "start_estimated": span.base_estimated,
        "end_estimated": span.end_estimated,
    }


def _registers(values: tuple[int, ...]) -> dict[str, str]:
    return {name: _scaled(wh, 3) for name, wh in zip(_REGISTERS, values, strict=True)}


def _scaled(value: int, digits: int) -> str:
    return format(Decimal(value).scaleb(-digits), "f")
