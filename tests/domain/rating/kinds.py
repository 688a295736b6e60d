"""A random charge, or chain of charges, of every kind; and what to use under them."""

import random
from collections.abc import Callable
from typing import Any

from domain import rating, tariff

from .documents import POWER_FACTOR, schedule

Charge = dict[str, Any]

MODES = ("half_up", "half_even", "down", "up")


class Chance(random.Random):
    """Random decimals as documents write them."""

    def price(self, most: int = 2) -> str:
        decimals = self.choice((0, 2, 4, 8))
        return f"{self.randrange(most + 1)}.{self.randrange(10**decimals):0{max(1, decimals)}}"

    def kwh(self, most: int = 5000) -> str:
        return f"{self.randrange(most)}.{self.randrange(1000):03}"

    def rising(self, count: int, most: int = 5000) -> list[str]:
        return [str(each) for each in sorted(self.sample(range(1, most), count))]

    def percent(self) -> str:
        return f"{self.randrange(30)}.{self.randrange(100):02}"

    def proration(self) -> str:
        return self.choice(("whole", "days", "thirtieth"))


def energy(chance: Chance) -> Charge:
    return {"kind": "energy", "price": chance.price()}


def energy_by_period(chance: Chance) -> Charge:
    return {"kind": "energy", "prices": {each: chance.price() for each in tariff.PERIODS}}


def blocks(chance: Chance, count: int) -> Charge:
    cycle = chance.choice(({"months": 12}, {"months": 1}, {"months": 3}, {"period": True}))
    return {"cycle": cycle, "limits": [{"kwh": chance.rising(count)}]}


def tiers(chance: Chance) -> Charge:
    count = chance.randrange(1, 5)
    prices = [chance.choice(("0", chance.price())) for _ in range(count + 1)]
    return {"kind": "tiers", **blocks(chance, count), "prices": prices}


def matrix(chance: Chance) -> Charge:
    count = chance.randrange(1, 3)
    rows = [{each: chance.price() for each in tariff.PERIODS} for _ in range(count + 1)]
    return {"kind": "matrix", **blocks(chance, count), "prices": rows}


def brackets(chance: Chance) -> Charge:
    bounds = [*chance.rising(chance.randrange(1, 4)), None]
    found = []
    for bound in bounds:
        inner = chance.randrange(3)
        bracket: Charge = {"prices": [chance.price() for _ in range(inner + 1)]}
        if inner:
            bracket["limits_kwh"] = chance.rising(inner)
        if bound:
            bracket["up_to_kwh"] = bound
        if chance.random() < 0.5:
            bracket["fixed"] = f"{chance.randrange(50)}.5"
        found.append(bracket)
    days = {"days_per_month": 30} if chance.random() < 0.3 else {}
    return {"kind": "brackets", "brackets": found, **days}


def per_day(chance: Chance) -> Charge:
    return {"kind": "per_day", "price": chance.price()}


def per_month(chance: Chance) -> Charge:
    return {"kind": "per_month", "price": chance.price(90), "proration": chance.proration()}


def per_kva(chance: Chance) -> Charge:
    return {"kind": "per_kva", "price": chance.price(40), "proration": chance.proration()}


def per_kva_in_steps(chance: Chance) -> Charge:
    bounds = [*chance.rising(chance.randrange(3), 900), None]
    steps: list[Charge] = [
        {"fixed": chance.price(90), "price": chance.price(3), "above_kva": chance.kwh(300)}
        | ({"up_to_kva": bound} if bound else {})
        for bound in bounds
    ]
    return {"kind": "per_kva", "steps": steps, "proration": chance.proration()}


def demand(chance: Chance) -> Charge:
    found: Charge = {"kind": "demand", "price": chance.price(40), "proration": chance.proration()}
    found |= {"window_minutes": 30, "title": "需量电费 / Demand"}
    if chance.random() < 0.5:
        return found | {"mode": "measured"}
    excess = {"free_percent": "105", "excess_times": chance.randrange(1, 4)}
    return found | {"mode": "declared", "floor_percent": chance.percent(), **excess}


def percentage(chance: Chance) -> Charge:
    included = {"included": True} if chance.random() < 0.2 else {}
    return {"kind": "percentage", "percent": chance.percent(), **included}


def tax(chance: Chance) -> Charge:
    bounds = [{"below_kwh_per_day": "33"}, {"below_kwh": chance.kwh()}]
    rates = [{"percent": chance.percent(), **chance.choice(bounds)}, {"percent": chance.percent()}]
    return {"kind": "tax", "rates": rates}


def minimum(chance: Chance) -> Charge:
    unit = chance.choice(("month", "kVA", "kW"))
    price = chance.price(300 if unit == "month" else 5)
    return {"kind": "minimum", "price": price, "unit": unit, "proration": chance.proration()}


def rounding(chance: Chance) -> Charge:
    step = {"step": chance.choice(("0.05", "0.10", "1", "0.03")), "mode": chance.choice(MODES)}
    return {"kind": "rounding", "to": step}


def free_energy(chance: Chance) -> Charge:
    order = chance.sample(tariff.PERIODS, chance.randrange(1, 6))
    return {"kind": "free_energy", "kwh_per_month": chance.kwh(100), "order": order}


def refund(chance: Chance) -> Charge:
    return {"kind": "refund", "money_per_month": f"{chance.randrange(40)}.84"}


def loss(chance: Chance) -> Charge:
    reactive = {"iron_kvar": chance.kwh(9), "reactive_percent": chance.percent()}
    return {"kind": "loss", "iron_kw": chance.kwh(3), "percent": chance.percent(), **reactive}


def power_factor(chance: Chance) -> Charge:
    table = POWER_FACTOR[chance.choice(sorted(POWER_FACTOR))]
    reactive = chance.choice(("both", "drawn"))
    return {"kind": "power_factor", **table, "less_per_kwh": "0.0452", "reactive": reactive}


def given(chance: Chance) -> Charge:
    return {"kind": "given"}


def given_energy(chance: Chance) -> Charge:
    return {"kind": "given_energy", "line": "given_energy"}


BEFORE: tuple[Callable[[Chance], Charge], ...] = (free_energy, loss, given_energy)
ENERGY: tuple[Callable[[Chance], Charge], ...] = (
    energy,
    energy_by_period,
    tiers,
    matrix,
    brackets,
)
STANDING: tuple[Callable[[Chance], Charge], ...] = (
    per_day,
    per_month,
    per_kva,
    per_kva_in_steps,
    demand,
    given,
)
AFTER: tuple[Callable[[Chance], Charge], ...] = (
    refund,
    power_factor,
    percentage,
    tax,
    minimum,
    rounding,
)
PURE = {"given", "given_energy", "loss", "power_factor"}
"""Kinds that SQL does not say: their accounts are rated one by one."""


_CHANGES_ENERGY = {"free_energy", "given_energy", "loss"}


def chain(chance: Chance, *, without: frozenset[str] = frozenset()) -> list[Charge]:
    """Return charges that may stand together: up to seven, at least one of them for energy."""
    chosen = [
        make(chance)
        for group, share in ((BEFORE, 0.2), (ENERGY, 0.5), (STANDING, 0.3), (AFTER, 0.3))
        for make in group
        if make.__name__ not in without and chance.random() < share
    ]
    if not any(each["kind"] in {"energy", "tiers", "matrix", "brackets"} for each in chosen):
        before = [each for each in chosen if each["kind"] in _CHANGES_ENERGY]
        after = [each for each in chosen if each["kind"] not in _CHANGES_ENERGY]
        chosen = [*before, energy_by_period(chance), *after]
    cycle = {"months": chance.choice((1, 12))}
    for i, charge in enumerate(chosen):
        charge["line"] = f"line {i}"
        if "cycle" in charge:
            charge["cycle"] = cycle
        if charge["kind"] in {"percentage", "tax", "minimum"} and chance.random() < 0.5:
            base = chosen[chance.randrange(i)]
            count = len(base["prices"]) if base["kind"] in {"tiers", "matrix"} else 1
            charge["of"] = [{"line": base["line"], "from_tier": chance.randrange(1, count + 1)}]
        if charge["kind"] in {"energy", "tiers", "per_day"} and chance.random() < 0.1:
            charge["credit"] = True
        if chance.random() < 0.1:
            charge["rounding"] = {
                "step": chance.choice(("0.01", "1")),
                "mode": chance.choice(MODES),
            }
    return chosen


def needs(charges: list[Charge]) -> dict[str, Any]:
    """Return what a document with these charges must have besides."""
    by_period = any("prices" in each and each["kind"] in {"energy", "matrix"} for each in charges)
    return {"schedule": schedule(*tariff.PERIODS)} if by_period else {}


def use(chance: Chance, most: int = 10**8) -> rating.Consumption:
    scale = 10 ** chance.randrange(1, len(str(most)))
    energies = [chance.randrange(scale) * (chance.random() < 0.8) for _ in tariff.PERIODS]
    return rating.Consumption(
        tuple(energies),
        chance.randrange(6_000_000),
        capacity_va=chance.randrange(10**6),
        declared_w=chance.randrange(10**6),
        demand_w=chance.randrange(10**6),
        reactive_varh=(chance.randrange(scale), chance.randrange(scale)),
        given=(("given", chance.randrange(-(10**6), 10**6)),),
        given_wh=(("given_energy", chance.randrange(10**6)),),
    )
