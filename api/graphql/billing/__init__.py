"""Billing: bills (电费账单), bill runs (发行) and tariffs, with the acts of operators on them.

`Billed` is what an account has of it. A bill explains itself: lines, parts, registers and versions.
"""

from ._bill import Bill, PeriodEnergy, bill
from ._bill_act import cancel_bill, propose_tariff, publish_tariff, release_bill, seen_bill
from ._bill_run import BillRun, bill_run, correct_bills, start_bill_run
from ._billed import Billed
from ._tariff import TariffDraft, TariffVersion, tariff_draft, tariff_version

__all__ = [
    "Bill",
    "BillRun",
    "Billed",
    "PeriodEnergy",
    "TariffDraft",
    "TariffVersion",
    "bill",
    "bill_run",
    "cancel_bill",
    "correct_bills",
    "propose_tariff",
    "publish_tariff",
    "release_bill",
    "seen_bill",
    "start_bill_run",
    "tariff_draft",
    "tariff_version",
]
