"""A tariff: one version of one document, parsed into values that cannot change."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ._energy import Energy, energy_of
from ._node import Node, invalid
from ._rounding import Rounding, rounding_of
from ._schedule import PERIODS, Schedule, schedule_of
from ._tiers import Cycle, Tiers, tiers_of

FORMAT = "feikong-tariff/1"
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Charge = Energy | Tiers
_KINDS: dict[str, Callable[[Node], Charge]] = {"energy": energy_of, "tiers": tiers_of}


@dataclass(frozen=True, slots=True)
class Source:
    """Where the figures come from; `assumed` names what no source says and is configuration."""

    title: str
    date: str
    url: str
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a kWh and everything else costs, from `valid_from` until (not on) `valid_to`."""

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
    schedule: Schedule | None
    line_rounding: Rounding
    charges: tuple[Charge, ...]

    @property
    def cycle(self) -> Cycle | None:
        """Return how long tiers count before they start again; None: there are no tiers."""
        return next((each.cycle for each in self.charges if isinstance(each, Tiers)), None)


def tariff_of(document: Any) -> Tariff:
    """Return the tariff that a document says; raises TariffInvalid with the path of the fault."""
    node = Node.at(document)
    node.choice("format", [FORMAT])
    currency, rounding = node.node("currency"), node.node("rounding")
    digits = currency.whole("digits", most=4)
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
        schedule=schedule_of(node, "schedule") if node.has("schedule") else None,
        line_rounding=rounding_of(rounding.node("line"), digits),
        charges=node.each("charges", _charge_of),
    )
    for each in (currency, rounding, node):
        each.done()
    _check(tariff, node)
    return tariff


def _day(node: Node, key: str) -> date:
    found = node.day(key)
    assert found is not None
    return found


def _source_of(node: Node) -> Source:
    source = Source(
        title=node.text("title", 400),
        date=node.text("date", 10),
        url=node.text("url", 400, optional=True),
        assumed=node.each("assumed", _sentence, optional=True),
    )
    node.done()
    return source


def _sentence(content: object, path: str) -> str:
    if not isinstance(content, str) or not content:
        invalid(path, "expected a sentence")
    return content


def _charge_of(content: object, path: str) -> Charge:
    node = Node.at(content, path)
    charge = _KINDS[node.choice("kind", _KINDS)](node)
    node.done()
    return charge


def _check(tariff: Tariff, node: Node) -> None:
    if not _CODE.fullmatch(tariff.code):
        node.refuse("code", "expected lower-case words joined by hyphens")
    if tariff.valid_to is not None and tariff.valid_to <= tariff.valid_from:
        node.refuse("valid_to", "ends before it begins")
    lines = [charge.line for charge in tariff.charges]
    for i, charge in enumerate(tariff.charges):
        path = f"$.charges[{i}]"
        if lines.index(charge.line) != i:
            invalid(f"{path}.line", f"{charge.line!r} is another charge's name already")
        if isinstance(charge, Energy) and charge.single is None:
            _check_periods(tariff, charge, path)


def _check_periods(tariff: Tariff, charge: Energy, path: str) -> None:
    if tariff.schedule is None:
        invalid(path, "prices by period need a schedule")
    priced = {
        period for period, price in zip(PERIODS, charge.prices, strict=True) if price is not None
    }
    if priced != tariff.schedule.periods:
        odd = sorted(priced ^ tariff.schedule.periods)
        invalid(f"{path}.prices", f"prices and schedule disagree about: {', '.join(odd)}")
