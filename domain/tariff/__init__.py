"""Tariff: what everything costs, as versioned documents.

A **tariff** is a JSON document: validity, customer class, **schedule** (which half hour is which
**period**), **charges** (each with its **line**, its **kind** and the **rule** of that kind),
**roundings**. Prices, energy and percentages are decimal strings, never floats. `publish` appends
a **version**; a published version never changes, validity never overlaps and never leaves a hole.
Staff `propose` a **draft**, and somebody else `approve`s it: nobody publishes alone.
Parsed prices are whole numbers of 1e-8 currency units, energy is Wh, percentages 1e-6 percent,
money the currency's minor unit.
"""

from ._approve import SamePerson, approve
from ._base import Base, Part
from ._blocks import Blocks, Bonus, Limits
from ._brackets import Bracket, Brackets
from ._catalogue import catalogue, catalogued, document_schema
from ._charge import KINDS, Charge, Rule, When
from ._cycle import Cycle
from ._demand import Demand
from ._difference import Change, difference
from ._draft import Draft, DraftNotOpen, DraftUnknown, OperatorsOnly
from ._energy import Component, Energy, Prices
from ._given import Given, GivenEnergy
from ._language import in_language
from ._loss import Loss
from ._matrix import Matrix
from ._minimum import Minimum, RoundOff
from ._node import LONGEST, TariffInvalid, loaded
from ._percentage import Percentage, Rate
from ._power_factor import Band, PowerFactor
from ._propose import propose
from ._publish import TariffHole, TariffOverlap, TariffVersionExists, publish
from ._queries import (
    NoTariff,
    Span,
    changes_of,
    document_at,
    draft_of,
    drafts,
    published,
    spans_at,
    version_at,
    versions_at,
    versions_of,
)
from ._quota import FreeEnergy, Refund
from ._rounding import Rounding, Roundings
from ._schedule import DAY_KINDS, PERIODS, Schedule
from ._standing import Standing, Step, Steps
from ._tariff import Source, Tariff, tariff_of
from ._tiers import Tiers
from ._units import PERCENT_DIGITS, PRICE_DIGITS, QUANTITY_DIGITS

__all__ = [
    "DAY_KINDS",
    "KINDS",
    "LONGEST",
    "PERCENT_DIGITS",
    "PERIODS",
    "PRICE_DIGITS",
    "QUANTITY_DIGITS",
    "Band",
    "Base",
    "Blocks",
    "Bonus",
    "Bracket",
    "Brackets",
    "Change",
    "Charge",
    "Component",
    "Cycle",
    "Demand",
    "Draft",
    "DraftNotOpen",
    "DraftUnknown",
    "Energy",
    "FreeEnergy",
    "Given",
    "GivenEnergy",
    "Limits",
    "Loss",
    "Matrix",
    "Minimum",
    "NoTariff",
    "OperatorsOnly",
    "Part",
    "Percentage",
    "PowerFactor",
    "Prices",
    "Rate",
    "Refund",
    "RoundOff",
    "Rounding",
    "Roundings",
    "Rule",
    "SamePerson",
    "Schedule",
    "Source",
    "Span",
    "Standing",
    "Step",
    "Steps",
    "Tariff",
    "TariffHole",
    "TariffInvalid",
    "TariffOverlap",
    "TariffVersionExists",
    "Tiers",
    "When",
    "approve",
    "catalogue",
    "catalogued",
    "changes_of",
    "difference",
    "document_at",
    "document_schema",
    "draft_of",
    "drafts",
    "in_language",
    "loaded",
    "propose",
    "publish",
    "published",
    "spans_at",
    "tariff_of",
    "version_at",
    "versions_at",
    "versions_of",
]
