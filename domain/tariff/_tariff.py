"""A tariff: one version of one document, parsed into values that cannot change."""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ._charge import Charge, charge_of, check_charges, check_purchase
from ._cycle import Cycle
from ._energy import Prices
from ._given import GivenEnergy
from ._loss import Loss
from ._node import Node, invalid, named
from ._rounding import Roundings, roundings_of
from ._schedule import PERIODS, Schedule, schedule_of

FORMAT = "feikong-tariff/1"
BASES = ("consumption", "purchase")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the figures come from; `assumed` names what no source says and is configuration."""

    title: str
    date: str
    url: str
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a kWh and everything else costs, from `valid_from` until (not on) `valid_to`.

    `basis`: tiers count what was consumed, or, for tokens, what was purchased.
    """

    code: str
    version: str
    name: str
    customer: str
    voltage: str
    valid_from: date
    valid_to: date | None
    currency: str
    digits: int
    source: Source
    basis: str
    schedule: Schedule | None
    roundings: Roundings
    charges: tuple[Charge, ...]

    @property
    def cycle(self) -> Cycle | None:
        """Return how long tiers count before they start again; None: there are no tiers."""
        return next((each.blocks.cycle for each in self.charges if each.blocks), None)


def tariff_of(document: Any) -> Tariff:
    """Return the tariff that a document says; raises TariffInvalid with the path of the fault."""
    node = Node.at(document)
    node.choice("format", [FORMAT])
    currency = node.node("currency")
    digits = currency.whole("digits", most=4)
    roundings = roundings_of(node.node("rounding"), digits)
    tariff = Tariff(
        code=node.text("code", 60),
        version=node.text("version", 20),
        name=node.text("name"),
        customer=node.text("customer", 60),
        voltage=node.text("voltage", 40, optional=True),
        valid_from=_day(node, "valid_from"),
        valid_to=node.day("valid_to", optional=True),
        currency=currency.text("code", 3),
        digits=digits,
        source=_source_of(node.node("source")),
        basis=node.choice("basis", BASES, default="consumption"),
        schedule=schedule_of(node, "schedule") if node.has("schedule") else None,
        roundings=roundings,
        charges=node.each("charges", lambda item, at: charge_of(item, at, digits, roundings)),
    )
    currency.done()
    node.done()
    _check(tariff, node)
    charges = (_idle_in(tariff.schedule, each) for each in tariff.charges)
    return replace(tariff, charges=tuple(charges))


def _day(node: Node, key: str) -> date:
    found = node.day(key)
    assert found is not None
    return found


def _source_of(node: Node) -> Source:
    source = Source(
        title=node.text("title", 400),
        date=_day(node, "date").isoformat(),
        url=node.text("url", 400, optional=True),
        assumed=node.each("assumed", lambda item, at: named(item, 400, at), optional=True),
    )
    node.done()
    return source


def _check(tariff: Tariff, node: Node) -> None:
    if not _CODE.fullmatch(tariff.code):
        node.refuse("code", "expected lower-case words joined by hyphens")
    if tariff.valid_to is not None and tariff.valid_to <= tariff.valid_from:
        node.refuse("valid_to", "ends before it begins")
    check_charges(tariff.charges)
    if tariff.basis == "purchase":
        check_purchase(tariff.charges)
    for i, charge in enumerate(tariff.charges):
        path = f"$.charges[{i}]"
        for prices in charge.prices[:1]:
            _check_periods(tariff.schedule, prices, charge.when.months, path)
        said = node.content["charges"][i].get("idle")
        if said and tariff.schedule and said not in tariff.schedule.periods:
            invalid(f"{path}.idle", "the schedule has no such period")


def _check_periods(
    schedule: Schedule | None, prices: Prices, months: tuple[int, ...], path: str
) -> None:
    """Refuse prices that do not name the periods of the months in which they apply."""
    if schedule is None:
        invalid(path, "prices by period need a schedule")
    each = zip(PERIODS, prices, strict=True)
    priced = {period for period, price in each if price is not None}
    scheduled = schedule.periods_in(months)
    if priced != scheduled:
        odd = sorted(priced ^ scheduled)
        invalid(f"{path}.prices", f"prices and schedule disagree about: {', '.join(odd)}")


def _idle_in(schedule: Schedule | None, charge: Charge) -> Charge:
    """Return the charge; energy of idle months goes to the schedule's last period where it has no
    flat one.
    """
    rule = charge.rule
    if schedule is None or not isinstance(rule, Loss | GivenEnergy):
        return charge
    if PERIODS[rule.idle] in schedule.periods:
        return charge
    last = max(map(PERIODS.index, schedule.periods))
    return replace(charge, rule=replace(rule, idle=last))
