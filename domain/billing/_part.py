"""Part: a piece of a billing period under one tariff version, and what a bill is computed from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from domain.accrual import Segment, Service
from domain.metering import PERIODS, Registers
from domain.rating import Consumption, Entitlement, Holder


@dataclass(frozen=True)  # no slots: what is summed up is kept
class Span:
    """A meter's registers from `since` to `until`, in Wh as shown; `ratio` is CT x PT.

    `base_estimated` and `end_estimated`: these registers were not read but reckoned between two
    readings. `missing`: nothing was read at the end or after it; the registers are the last ones
    known.
    """

    meter_id: int
    ratio: int
    since: datetime
    until: datetime
    base: Registers
    end: Registers
    base_estimated: bool = False
    end_estimated: bool = False
    missing: bool = False

    @property
    def estimated(self) -> bool:
        return self.base_estimated or self.end_estimated

    @cached_property
    def periods_wh(self) -> tuple[int, ...]:
        moved = zip(self.base[1:], self.end[1:], strict=True)
        return tuple((end - base) * self.ratio for base, end in moved)


_ENERGY_ONLY = Service()


@dataclass(frozen=True)  # no slots: what is summed up is kept
class Part:
    """What an account used from `first_day` until (not on) `until`, and under which version.

    `before_wh` is what was charged in the same tier cycle before. Without a tariff (`tariff` and
    `version` empty) the part can not be rated: the tariff has a hole there.
    """

    first_day: date
    until: date
    tariff: str
    version: str
    before_wh: int
    holder: Holder
    spans: tuple[Span, ...]
    service: Service = _ENERGY_ONLY

    @property
    def consumption(self) -> Consumption:
        """Return all of it for rating; energy must not run backwards."""
        sharp, peak, flat, valley, deep = self.periods_wh
        service = self.service
        return Consumption(
            (sharp, peak, flat, valley, deep),
            self.before_wh,
            capacity_va=service.capacity_va,
            declared_w=service.declared_w,
            demand_w=service.demand_w,
            reactive_varh=service.reactive_varh,
        )

    @cached_property
    def periods_wh(self) -> tuple[int, ...]:
        """Return the energy of all meters by period, in the order of PERIODS."""
        used = [span.periods_wh for span in self.spans] or [(0,) * len(PERIODS)]
        if len(used) == 1:
            return used[0]
        return tuple(sum(each) for each in zip(*used, strict=True))

    @cached_property
    def energy_wh(self) -> int:
        return sum(self.periods_wh)

    @property
    def estimated(self) -> bool:
        return any(span.estimated for span in self.spans)

    @property
    def missing(self) -> bool:
        return any(span.missing for span in self.spans)


def segments_of(parts: Iterable[Part]) -> tuple[Segment, ...]:
    """Return what the meters did over all parts, in one piece where they ran on."""
    found: list[Segment] = []
    for span in (span for part in parts for span in part.spans):
        at = (span.since, span.until, span.base, span.end, span.base_estimated)
        segment = Segment(span.meter_id, span.ratio, *at)
        for k, before in enumerate(found):
            runs_on = before.until == span.since and before.ratio == span.ratio
            if before.meter_id == span.meter_id and runs_on:
                found[k] = replace(before, until=span.until, end=span.end)
                break
        else:
            found.append(segment)
    return tuple(found)


def told(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Return parts as JSON values, to be stored."""
    return [_part_told(part) for part in parts]


def understood(content: Iterable[dict[str, Any]]) -> tuple[Part, ...]:
    """Return the parts that `told` told."""
    return tuple(_part_understood(each) for each in content)


def _part_told(part: Part) -> dict[str, Any]:
    return {
        "first_day": part.first_day.isoformat(),
        "until": part.until.isoformat(),
        "tariff": part.tariff,
        "version": part.version,
        "before_wh": part.before_wh,
        "holder": _holder_told(part.holder),
        "spans": [_span_told(span) for span in part.spans],
        **({} if part.service == Service() else {"service": _service_told(part.service)}),
    }


def _service_told(service: Service) -> list[int | None]:
    imported, exported = service.reactive_varh or (None, None)
    return [service.capacity_va, service.declared_w, service.demand_w, imported, exported]


def _span_told(span: Span) -> dict[str, Any]:
    return {
        "meter": span.meter_id,
        "ratio": span.ratio,
        "since": span.since.isoformat(),
        "until": span.until.isoformat(),
        "base": span.base,
        "end": span.end,
        **({"base_estimated": True} if span.base_estimated else {}),
        **({"estimated": True} if span.end_estimated else {}),
        **({"missing": True} if span.missing else {}),
    }


def _holder_told(holder: Holder) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if holder.served_from:
        found["from"] = holder.served_from.isoformat()
    if holder.served_until:
        found["until"] = holder.served_until.isoformat()
    if holder.period_from:
        found["period_from"] = holder.period_from.isoformat()
    if holder.entitlements:
        found["holds"] = [
            [each.name, each.since.isoformat(), each.until and each.until.isoformat(), each.count]
            for each in holder.entitlements
        ]
    return found


def _part_understood(content: dict[str, Any]) -> Part:
    return Part(
        date.fromisoformat(content["first_day"]),
        date.fromisoformat(content["until"]),
        content["tariff"],
        content["version"],
        content["before_wh"],
        _holder_understood(content["holder"]),
        tuple(_span_understood(each) for each in content["spans"]),
        _service_understood(content.get("service", (0, 0, 0, 0, 0))),
    )


def _service_understood(content: Sequence[Any]) -> Service:
    capacity_va, declared_w, demand_w, imported, exported = content
    reactive_varh = None if imported is None else (imported, exported)
    return Service(capacity_va, declared_w, demand_w, reactive_varh)


def _span_understood(content: dict[str, Any]) -> Span:
    return Span(
        content["meter"],
        content["ratio"],
        datetime.fromisoformat(content["since"]),
        datetime.fromisoformat(content["until"]),
        _registers(content["base"]),
        _registers(content["end"]),
        content.get("base_estimated", False),
        content.get("estimated", False),
        content.get("missing", False),
    )


def _registers(content: Sequence[int]) -> Registers:
    total, sharp, peak, flat, valley, deep = content
    return (total, sharp, peak, flat, valley, deep)


def _holder_understood(content: dict[str, Any]) -> Holder:
    return Holder(
        date.fromisoformat(content["from"]) if "from" in content else None,
        date.fromisoformat(content["until"]) if "until" in content else None,
        tuple(
            Entitlement(name, date.fromisoformat(since), until and date.fromisoformat(until), count)
            for name, since, until, count in content.get("holds", ())
        ),
        date.fromisoformat(content["period_from"]) if "period_from" in content else None,
    )


def within(holder: Holder, first_day: date, period_from: date) -> Holder:
    """Return the holder of a part that begins on `first_day`, in a period that began before."""
    return replace(holder, period_from=period_from) if period_from < first_day else holder
