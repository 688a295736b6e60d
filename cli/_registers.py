"""Registers as somebody reads them from a meter: kWh, the total alone or with its periods."""

import typer

from domain.metering import PERIODS, Registers

FORM = "total[,sharp,peak,flat,valley,deep_valley] in kWh"

_WH = 1_000


def registers_of(text: str) -> Registers:
    """Return what was read, in Wh; what is no read is no parameter."""
    registers = [wh_of(each) for each in text.split(",")]
    if len(registers) not in {1, 1 + len(PERIODS)}:
        raise typer.BadParameter(f"expected {FORM}")
    total, sharp, peak, flat, valley, deep = registers + [0] * (1 + len(PERIODS) - len(registers))
    return (total, sharp, peak, flat, valley, deep)


def wh_of(kwh: str) -> int:
    """Return Wh (or varh); up to three decimals."""
    whole, _, part = kwh.partition(".")
    if not (whole + part).isdecimal() or part[3:].strip("0"):
        raise typer.BadParameter(f"{kwh!r} is no energy in kWh; expected {FORM}")
    return int(whole) * _WH + int(part[:3].ljust(3, "0"))
