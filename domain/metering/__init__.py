"""Metering: meters (电能表), their readings (示数) and what is held apart.

A reading is recorded once, whatever repeats it, and stored unrolled: registers never fall. What
contradicts or cannot be true becomes an exception: kept, not charged, not used to trip, until
somebody resolves it. Where nothing was measured an estimate may stand, marked; it gives way to the
first measured reading. What was used is the way of the registers times the ratio.
"""

from ._curve_of import (
    FURTHER_SINCE,
    FURTHER_WAYS,
    RATIO_THEN,
    CurvePoint,
    FurtherUse,
    curve_of,
    further_used,
)
from ._ensure_partitions import ensure_partitions
from ._estimate import estimate
from ._estimation import Estimate, Method
from ._examine import examine
from ._freezes_of import SLACK, Freeze, freezes_of
from ._further import EXPORT_PERIODS, FurtherReading, FurtherShown, MaxDemand
from ._install_meter import DigitsRefused, NewMeter, SerialTaken, install_meter
from ._look_over import Round, look_over, next_round_at, plan_rounds, rounds
from ._mark_changed import mark_changed
from ._place import InstantImpossible, RegistersRefused, RunsBackwards
from ._queries import (
    EstimateView,
    Finding,
    estimates_of,
    findings_of,
    has_open_exception,
    meter_of,
    meters_of,
    serials_of,
)
from ._ratio import RatioRefused, multiplied, ratio_of
from ._read_by_hand import read_by_hand
from ._reading import PERIODS, REGISTERS, Outcome, Reading, Registers
from ._record import record
from ._record_further import record_further
from ._remove_meter import NoSuchMeter, ReadImplausible, remove_meter
from ._resolve_exception import (
    CannotAccept,
    ExceptionResolved,
    ReplacementRefused,
    Resolution,
    UnknownException,
    resolve_exception,
)
from ._rollover import unrolled
from ._rule import RULES, Effect, Rule
from ._service_use import ServiceUse, service_use
from ._set_ratio import set_ratio
from ._span import Span, used_wh
from ._take_changed import Changed, take_changed
from ._withdraw_reading import UnknownReading, withdraw_reading

__all__ = [
    "EXPORT_PERIODS",
    "FURTHER_SINCE",
    "FURTHER_WAYS",
    "PERIODS",
    "RATIO_THEN",
    "REGISTERS",
    "RULES",
    "SLACK",
    "CannotAccept",
    "Changed",
    "CurvePoint",
    "DigitsRefused",
    "Effect",
    "Estimate",
    "EstimateView",
    "ExceptionResolved",
    "Finding",
    "Freeze",
    "FurtherReading",
    "FurtherShown",
    "FurtherUse",
    "InstantImpossible",
    "MaxDemand",
    "Method",
    "NewMeter",
    "NoSuchMeter",
    "Outcome",
    "RatioRefused",
    "ReadImplausible",
    "Reading",
    "Registers",
    "RegistersRefused",
    "ReplacementRefused",
    "Resolution",
    "Round",
    "Rule",
    "RunsBackwards",
    "SerialTaken",
    "ServiceUse",
    "Span",
    "UnknownException",
    "UnknownReading",
    "curve_of",
    "ensure_partitions",
    "estimate",
    "estimates_of",
    "examine",
    "findings_of",
    "freezes_of",
    "further_used",
    "has_open_exception",
    "install_meter",
    "look_over",
    "mark_changed",
    "meter_of",
    "meters_of",
    "multiplied",
    "next_round_at",
    "plan_rounds",
    "ratio_of",
    "read_by_hand",
    "record",
    "record_further",
    "remove_meter",
    "resolve_exception",
    "rounds",
    "serials_of",
    "service_use",
    "set_ratio",
    "take_changed",
    "unrolled",
    "used_wh",
    "withdraw_reading",
]
