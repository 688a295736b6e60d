"""A CSV file of accounts, and how one of its rows is opened."""

import csv
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import typer

from domain import audit, charge_control, customer, identity, metering
from domain.base import Actor, Refusal, transaction, value
from domain.customer import NewAccount
from domain.metering import PERIODS, NewMeter
from runtime.settings import settings

_NEEDED = ("number", "name", "phone", "address", "tariff", "strategy", "meter", "rated_w")
_REGISTERS = ("total", *PERIODS)
_MORE = ("prepaid", "locale", "digits", "ct", "pt", *_REGISTERS)
_LONGEST = {"name": 80, "address": 200, "tariff": 60, "strategy": 40, "locale": 10}
_LONGEST_ELSE = 20
_MOST = 10**15


class StrategyUnknown(Refusal):
    """No strategy of this code is published: feikong open strategy."""

    code = "STRATEGY_UNKNOWN"


@dataclass(frozen=True, slots=True)
class Row:
    """An account to be opened, its meter, and what was prepaid before; `line` of the file."""

    line: int
    new: NewAccount
    meter: NewMeter
    prepaid_fen: int


def rows_of(file: Path) -> list[Row]:
    """Read the file; a BadParameter names the line and the column that cannot be read."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, strict=True)
            _check_columns(file, reader.fieldnames or ())
            return [_row(file, reader.line_num, each) for each in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise typer.BadParameter(f"{file}: {wrong}") from wrong


async def open_row(row: Row, district_id: int, *, actor: Actor, now: datetime) -> None:
    """Open the account with its meter and its balance, or nothing of it.

    Refusals: AccountNumberTaken, SerialTaken, StrategyUnknown, NoTariff and others of a meter.
    """
    async with transaction():
        found = await value("select 1 from strategy where code = $1", row.new.strategy)
        if not found:
            raise StrategyUnknown(strategy=row.new.strategy)
        opened = await customer.open_account(row.new, district_id=district_id, now=now)
        await metering.install_meter(
            row.meter,
            account_id=opened.account_id,
            usage_point_id=opened.usage_point_id,
            now=now,
        )
        await charge_control.enrol(opened.account_id, now=now, opening_fen=row.prepaid_fen)
        await audit.note(actor, "OPEN_ACCOUNT", f"account:{opened.account_id}", now=now)


def _check_columns(file: Path, names: object) -> None:
    given = list(names) if isinstance(names, list | tuple) else []
    missing = [each for each in _NEEDED if each not in given]
    unknown = [each for each in given if each not in {*_NEEDED, *_MORE}]
    if missing or unknown:
        said = f"missing: {', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'}"
        raise typer.BadParameter(f"{file}: columns {said}")


def _row(file: Path, line: int, given: dict[str | None, Any]) -> Row:
    if None in given:  # or an amount such as 1,000.00 would lose what stands behind its comma
        said = f"{file}, line {line}: more cells than columns; a comma in a cell wants quotes"
        raise typer.BadParameter(said)

    def text(name: str, otherwise: str = "") -> str:
        found = (given[name] or "").strip() if name in given else ""
        if name in _NEEDED and not found:
            raise typer.BadParameter(f"{file}, line {line}: {name} is missing")
        if len(found) > (most := _LONGEST.get(name, _LONGEST_ELSE)):
            raise typer.BadParameter(f"{file}, line {line}: {name} is longer than {most}")
        return found or otherwise

    def whole(name: str, thousands: int, otherwise: str) -> int:
        try:
            found = Decimal(text(name, otherwise)) * thousands
        except ArithmeticError:
            found = Decimal("NaN")
        if not (found.is_finite() and 0 <= found <= _MOST and found == int(found)):
            raise typer.BadParameter(f"{file}, line {line}: {name} is no fitting number")
        return int(found)

    try:
        phone = identity.plain_phone(text("phone"))
    except identity.PhoneInvalid as invalid:
        raise typer.BadParameter(f"{file}, line {line}: phone is none") from invalid
    total, sharp, peak, flat, valley, deep = (whole(each, 1_000, "0") for each in _REGISTERS)
    return Row(
        line,
        NewAccount(
            number=text("number"),
            name=text("name"),
            phone=phone,
            address=text("address"),
            tariff=text("tariff"),
            strategy=text("strategy"),
            locale=text("locale", settings().locale),
        ),
        NewMeter(
            text("meter"),
            whole("rated_w", 1, "0"),
            (total, sharp, peak, flat, valley, deep),
            digits=whole("digits", 1, "6"),
            ct=text("ct", "1/1"),
            pt=text("pt", "1/1"),
        ),
        whole("prepaid", 10 ** settings().minor_digits, "0"),
    )
