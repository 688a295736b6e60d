"""Reporting: what people look at, read set-based across the rooms below; it changes nothing.

Every question is narrowed by the sight of who asks; what is not in sight is not there. Answers are
frozen values. Pages are keyset pages: newest first, on from the id where the last one ended.
"""

from ._account_by import (
    account_by,
    account_in,
    accounts_in,
    ask_account,
    ask_account_count,
    ask_accounts,
)
from ._account_view import AccountView, Supply
from ._district_statistics import DistrictStatistics, ask_district_count, district_statistics
from ._history import History, ask_history, ask_history_length, history_columns, history_of
from ._history_view import (
    CommandView,
    DecisionView,
    EntitlementView,
    FindingView,
    MessageView,
    PaymentView,
    RefundView,
    RepairView,
    StatedView,
    SupplyChangeView,
)
from ._line_of import line_of
from ._list_bill_lines import LINE_COLUMNS, BillLineView, ask_bill_lines, bill_lines_of
from ._list_bills import BillView, ask_bills_out, list_bills
from ._list_exceptions import ExceptionView, list_exceptions
from ._list_repairs import list_repairs
from ._list_tariff_versions import (
    TariffDraftView,
    TariffVersionView,
    list_tariff_drafts,
    list_tariff_versions,
)
from ._list_tasks import TaskView, list_tasks
from ._list_usage import Step, UsageView, list_usage
from ._meter_by import MeterView, meter_by
from ._name_of import ask_name, name_of
from ._verify import Verified, verify
from ._watch_accounts import watch_accounts
from ._watch_commands import watch_commands
from ._watch_tasks import watch_tasks

__all__ = [
    "LINE_COLUMNS",
    "AccountView",
    "BillLineView",
    "BillView",
    "CommandView",
    "DecisionView",
    "DistrictStatistics",
    "EntitlementView",
    "ExceptionView",
    "FindingView",
    "History",
    "MessageView",
    "MeterView",
    "PaymentView",
    "RefundView",
    "RepairView",
    "StatedView",
    "Step",
    "Supply",
    "SupplyChangeView",
    "TariffDraftView",
    "TariffVersionView",
    "TaskView",
    "UsageView",
    "Verified",
    "account_by",
    "account_in",
    "accounts_in",
    "ask_account",
    "ask_account_count",
    "ask_accounts",
    "ask_bill_lines",
    "ask_bills_out",
    "ask_district_count",
    "ask_history",
    "ask_history_length",
    "ask_name",
    "bill_lines_of",
    "district_statistics",
    "history_columns",
    "history_of",
    "line_of",
    "list_bills",
    "list_exceptions",
    "list_repairs",
    "list_tariff_drafts",
    "list_tariff_versions",
    "list_tasks",
    "list_usage",
    "meter_by",
    "name_of",
    "verify",
    "watch_accounts",
    "watch_commands",
    "watch_tasks",
]
