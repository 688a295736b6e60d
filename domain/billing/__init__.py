"""Billing (发行): periods become bills, every line explained, reproducible, and never edited.

A **period** (a calendar month, or from one reading day to the next) is made of **parts**: a new
price, season or tier cycle inside it ends a part. `run_bills` closes what has ended, **issues**
what passes its checks, and **holds** the rest with **reasons** for a person to `release` or
`cancel`. An issued bill is owed: it moves from the unbilled charge to the receivable by the very
fen that its lines add up to, so that nobody's available balance moves. `correct` (退补) takes bills
back and puts others in their place, through the tiers of the year; `correct_measured` does so where
estimated registers were read later, or a reading was put right. Every bill keeps its registers and
names its tariff versions: `recompute` gives the same lines, `what_if` those of another tariff.
"""

from ._bill_accounts import bill_now
from ._cancel import cancel
from ._checks import Checks
from ._correct import Correction, HeldBillFirst, correct
from ._correct_measured import correct_measured
from ._document_of import BillDocument, MonthOfUse, TierBar, document_of
from ._forecast import Forecast, NoForecast, forecast
from ._load import UnknownBill
from ._part import Part, Span
from ._queries import (
    BillDetail,
    BillLine,
    BillPart,
    RunView,
    bill_lines,
    bill_of,
    bills_by_id,
    bills_of,
    held_bills,
    runs_of,
)
from ._rated import NotRatable, Rated, RatedLine
from ._recompute import Recomputed, recompute, recompute_many
from ._release import BillNotHeld, BillNotRated, release
from ._run_bills import FAULT, Progress, continue_run, run_bills
from ._settle import settle
from ._start_run import start_run
from ._stored import Bill
from ._tariffs_of import TariffInForce, tariffs_of
from ._tell_of_bills import tell_of_bills
from ._tell_of_correction import tell_of_correction
from ._what_if import PeriodEmpty, what_if

__all__ = [
    "FAULT",
    "Bill",
    "BillDetail",
    "BillDocument",
    "BillLine",
    "BillNotHeld",
    "BillNotRated",
    "BillPart",
    "Checks",
    "Correction",
    "Forecast",
    "HeldBillFirst",
    "MonthOfUse",
    "NoForecast",
    "NotRatable",
    "Part",
    "PeriodEmpty",
    "Progress",
    "Rated",
    "RatedLine",
    "Recomputed",
    "RunView",
    "Span",
    "TariffInForce",
    "TierBar",
    "UnknownBill",
    "bill_lines",
    "bill_now",
    "bill_of",
    "bills_by_id",
    "bills_of",
    "cancel",
    "continue_run",
    "correct",
    "correct_measured",
    "document_of",
    "forecast",
    "held_bills",
    "recompute",
    "recompute_many",
    "release",
    "run_bills",
    "runs_of",
    "settle",
    "start_run",
    "tariffs_of",
    "tell_of_bills",
    "tell_of_correction",
    "what_if",
]
