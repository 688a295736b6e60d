"""Tariff: what everything costs, as versioned documents.

A **tariff** is a JSON document: validity, customer class, **schedule** (which half hour is which
**period**), **charges** (each with the name of its **line**), rounding. Prices and energy are
decimal strings, never floats. `publish` appends a **version**; a published version never changes,
validity never overlaps and never leaves a hole. Parsed prices are whole numbers of 1e-8 currency
units per kWh, energy is Wh, money the currency's minor unit.
"""

from ._catalogue import catalogue, catalogued
from ._energy import PRICE_DIGITS, Energy
from ._node import TariffInvalid, loaded
from ._publish import TariffHole, TariffOverlap, TariffVersionExists, publish
from ._queries import NoTariff, version_at, versions_at
from ._rounding import Rounding
from ._schedule import DAY_KINDS, PERIODS, Schedule
from ._tariff import Charge, Source, Tariff, tariff_of
from ._tiers import Cycle, Limits, Tiers

__all__ = [
    "DAY_KINDS",
    "PERIODS",
    "PRICE_DIGITS",
    "Charge",
    "Cycle",
    "Energy",
    "Limits",
    "NoTariff",
    "Rounding",
    "Schedule",
    "Source",
    "Tariff",
    "TariffHole",
    "TariffInvalid",
    "TariffOverlap",
    "TariffVersionExists",
    "Tiers",
    "catalogue",
    "catalogued",
    "loaded",
    "publish",
    "tariff_of",
    "version_at",
    "versions_at",
]
