"""`feikong meter`: read one (抄表), exchange it (换表), change its transformers (换变比)."""

from datetime import datetime
from typing import Annotated

import typer

from domain import field_service, metering
from domain.metering import FurtherShown, MaxDemand, NewMeter, NoSuchMeter
from runtime import clock

from ._registers import FORM, registers_of, wh_of
from ._session import asked
from ._tariff import By, operator_named

meter = typer.Typer(
    help="Meters: read one, exchange it, put it behind other transformers.", no_args_is_help=True
)

Serial = Annotated[str, typer.Argument(help="Serial number of the meter at work.")]
Transformer = Annotated[str, typer.Option(help="Current transformers, such as 200/5.")]
Voltage = Annotated[str, typer.Option(help="Voltage transformers, such as 10000/100.")]
_BACK = "total alone, or with its periods"
_REACTIVE = "import,export in kvarh"
_INSTANT = "such as 2026-11-01T00:00+08:00"
_DEMAND = "kW@when, such as 312.5@2026-10-20T10:15+08:00"


@meter.callback()
def _meters() -> None:
    """Meters (电能表)."""


@meter.command("read")
def read_command(
    serial: Serial,
    *,
    shown: Annotated[str, typer.Option(help=f"What it shows: {FORM}.")],
    by: By,
    at: Annotated[str, typer.Option(help=f"When it showed that, {_INSTANT}; left out: now.")] = "",
    export: Annotated[str, typer.Option(help=f"What flowed back: {_BACK}.")] = "",
    reactive: Annotated[str, typer.Option(help=f"Reactive: {_REACTIVE}.")] = "",
    demand: Annotated[str, typer.Option(help=f"The highest demand: {_DEMAND}.")] = "",
) -> None:
    """Take in what somebody has read from a meter that did not report."""
    registers, further = registers_of(shown), _further(export, reactive, demand)
    instant = _instant(at) if at else clock.now()

    async def work() -> None:
        await metering.read_by_hand(
            await _at_work(serial),
            registers,
            further=further,
            at=instant,
            actor=await operator_named(by),
            now=clock.now(),
        )

    asked("meter", work)
    print(f"{serial} was read, {instant.isoformat()}")


@meter.command("exchange")
def exchange_command(  # ruff: ignore[too-many-arguments] -- each is an option of its own
    old: Serial,
    *,
    new: Annotated[str, typer.Option(help="Serial number of the new meter.")],
    rated_kw: Annotated[str, typer.Option(help="Its rating behind the transformers, in kW.")],
    removal: Annotated[str, typer.Option(help=f"What the old one shows: {FORM}.")],
    by: By,
    opening: Annotated[str, typer.Option(help=f"What the new one shows: {FORM}.")] = "0",
    removal_export: Annotated[str, typer.Option(help=f"What flowed back, old: {_BACK}.")] = "",
    opening_export: Annotated[str, typer.Option(help=f"What flowed back, new: {_BACK}.")] = "",
    removal_reactive: Annotated[str, typer.Option(help=f"Reactive, old: {_REACTIVE}.")] = "",
    opening_reactive: Annotated[str, typer.Option(help=f"Reactive, new: {_REACTIVE}.")] = "",
    removal_demand: Annotated[str, typer.Option(help=f"Highest demand, old: {_DEMAND}.")] = "",
    ct: Transformer = "1/1",
    pt: Voltage = "1/1",
    digits: Annotated[int, typer.Option(help="Whole digits of its registers.")] = 6,
) -> None:
    """Take a meter down and put another in its place; both are charged, each for its own span."""
    started = _further(opening_export, opening_reactive)
    put = NewMeter(new, wh_of(rated_kw), registers_of(opening), digits, ct, pt, started)
    last = registers_of(removal)
    further = _further(removal_export, removal_reactive, removal_demand)

    async def work() -> int:
        return await field_service.exchange_meter(
            await _at_work(old),
            put,
            removal=last,
            further=further,
            actor=await operator_named(by),
            now=clock.now(),
        )

    asked("meter", work)
    print(f"{old} taken down, {new} put in its place")


@meter.command("ratio")
def ratio_command(
    serial: Serial,
    *,
    shown: Annotated[str, typer.Option(help=f"What it shows at the change: {FORM}.")],
    by: By,
    ct: Transformer = "1/1",
    pt: Voltage = "1/1",
    export: Annotated[str, typer.Option(help=f"What flowed back: {_BACK}.")] = "",
    reactive: Annotated[str, typer.Option(help=f"Reactive: {_REACTIVE}.")] = "",
) -> None:
    """Count by other transformers from now on; what was used before stays counted by the old."""
    registers, further = registers_of(shown), _further(export, reactive)

    async def work() -> int:
        return await field_service.change_ratio(
            await _at_work(serial),
            ct=ct,
            pt=pt,
            shown=registers,
            further=further,
            actor=await operator_named(by),
            now=clock.now(),
        )

    print(f"{serial} counts by {asked('meter', work)}")


async def _at_work(serial: str) -> int:
    found = await metering.meters_of([serial])
    if serial not in found:
        raise NoSuchMeter(serial=serial)
    return found[serial]


def _further(export: str, reactive: str, demand: str = "") -> FurtherShown | None:
    shown = FurtherShown()
    if export:
        total, *periods = registers_of(export)
        sharp, peak, flat, valley, deep = periods
        by_period = (sharp, peak, flat, valley, deep) if "," in export else None
        shown = shown._replace(export_wh=total, export_periods_wh=by_period)
    if reactive:
        varh = [wh_of(each) for each in reactive.split(",")]
        if len(varh) != len(_REACTIVE.split(",")):
            raise typer.BadParameter(f"expected {_REACTIVE}")
        shown = shown._replace(import_varh=varh[0], export_varh=varh[1])
    if demand:
        kw, _, reached = demand.partition("@")
        shown = shown._replace(demand=MaxDemand(wh_of(kw), _instant(reached)))
    return shown if export or reactive or demand else None


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise typer.BadParameter(f"{text!r} is no instant, {_INSTANT}") from wrong
    if found.tzinfo is None:
        raise typer.BadParameter(f"{text!r} does not say its zone, {_INSTANT}")
    return found
