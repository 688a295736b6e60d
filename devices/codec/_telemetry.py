"""A report: `POST /t`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from domain.metering import MaxDemand, Registers

from ._fields import I64_MAX, U32_MAX, Fields, moment_of, packed_map, seconds_of
from ._status import Status

PERIOD_COUNT = 5
"""Registers in the order sharp, peak, flat, valley, deep valley (尖 峰 平 谷 深谷)."""


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Uplink number `n`: the registers at `at`, the output's state, the last sequence executed.

    `electrical` is (0.1 V, mA, W); `balance_fen` what the meter itself believes is left;
    `export_wh` what flowed back, the total and then by period, of meters that count it.
    `reactive_varh` is the reactive energy of both directions, `demand` the highest demand since the
    meter began anew to look for it.
    """

    n: int
    at: datetime
    total_wh: int
    periods_wh: tuple[int, int, int, int, int]
    status: Status
    last_seq: int
    electrical: tuple[int, int, int] | None = None
    balance_fen: int | None = None
    rsrp_dbm: int | None = None
    export_wh: Registers | None = None
    reactive_varh: tuple[int, int] | None = None
    demand: MaxDemand | None = None

    def packed(self) -> bytes:
        """Return the bytes of the report."""
        return packed_map({
            0: 1,
            1: self.n,
            2: seconds_of(self.at),
            3: self.total_wh,
            4: list(self.periods_wh),
            5: list(self.electrical) if self.electrical else None,
            6: self.balance_fen,
            7: self.status.as_map(),
            8: self.last_seq,
            9: self.rsrp_dbm,
            10: list(self.export_wh) if self.export_wh else None,
            11: list(self.reactive_varh) if self.reactive_varh else None,
            12: [self.demand.w, seconds_of(self.demand.at)] if self.demand else None,
        })

    @classmethod
    def unpacked(cls, payload: bytes) -> Self:
        """Return the report that these bytes say, or raise `BadMessage`."""
        fields = Fields.of(payload)
        fields.version()
        sharp, peak, flat, valley, deep_valley = fields.wholes(4, PERIOD_COUNT)
        electrical = None
        if fields.has(5):
            volts, amperes, watts = fields.wholes(5, 3)
            electrical = (volts, amperes, watts)
        telemetry = cls(
            n=fields.whole(1, highest=U32_MAX),
            at=fields.moment(2),
            total_wh=fields.whole(3),
            periods_wh=(sharp, peak, flat, valley, deep_valley),
            status=Status.of(fields.inner(7)),
            last_seq=fields.whole(8, highest=U32_MAX),
            electrical=electrical,
            balance_fen=fields.whole_if_any(6, -I64_MAX),
            rsrp_dbm=fields.whole_if_any(9, -200, 0),
            export_wh=_export(fields) if fields.has(10) else None,
            reactive_varh=_reactive(fields) if fields.has(11) else None,
            demand=_demand(fields) if fields.has(12) else None,
        )
        fields.end()
        return telemetry


def _export(fields: Fields) -> Registers:
    total, sharp, peak, flat, valley, deep_valley = fields.wholes(10, 1 + PERIOD_COUNT)
    return (total, sharp, peak, flat, valley, deep_valley)


def _reactive(fields: Fields) -> tuple[int, int]:
    taken, given = fields.wholes(11, 2)
    return taken, given


def _demand(fields: Fields) -> MaxDemand:
    w, seconds = fields.wholes(12, 2)
    return MaxDemand(w, moment_of(seconds, 12))
