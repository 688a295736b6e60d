"""Questions about meters."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.base import rows, unpacked

from ._estimation import Method
from ._reading import Registers


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule noted about a meter; `closed_at`: later readings have put it right."""

    id: int
    meter_id: int
    rule: str
    since: datetime
    until: datetime
    detail: Mapping[str, Any]
    found_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class EstimateView:
    """An estimate, its method and quality code; `replaced_at`: a measured reading took over."""

    meter_id: int
    measured_at: datetime
    registers: Registers
    method: Method
    quality: str
    made_at: datetime
    replaced_at: datetime | None


async def meters_of(serials: Collection[str]) -> dict[str, int]:
    """Return the ids of those of these serial numbers that are installed."""
    found = await rows(
        "select serial, id from meter where serial = any($1) and removed_at is null",
        list(serials),
    )
    return {row["serial"]: row["id"] for row in found}


async def meter_of(account_id: int, serial: str) -> int | None:
    """Return the id of the account's meter, at work or taken down; None where it has none such."""
    found = await rows(
        "select id from meter where account_id = $1 and serial = $2 order by id desc limit 1",
        account_id,
        serial,
    )
    return int(found[0]["id"]) if found else None


async def serials_of(meter_ids: Collection[int]) -> dict[int, str]:
    """Return the serial numbers of these meters, at work or taken down."""
    found = await rows("select id, serial from meter where id = any($1)", list(meter_ids))
    return {row["id"]: row["serial"] for row in found}


async def has_open_exception(account_id: int) -> bool:
    """Tell whether a reading of the account is held and not yet resolved."""
    return bool(
        await rows(
            "select 1 from reading_exception where account_id = $1 and resolved_at is null limit 1",
            account_id,
        )
    )


async def findings_of(account_id: int, *, open_only: bool = True) -> tuple[Finding, ...]:
    """Return what the rules noted about the account's meters, newest first."""
    found = await rows(
        """select id, meter_id, rule, since, until, detail, found_at, closed_at
           from reading_finding where account_id = $1 and (not $2 or closed_at is null)
           order by id desc limit 1000""",
        account_id,
        open_only,
    )
    return tuple(Finding(**row | {"detail": unpacked(row["detail"])}) for row in found)


async def estimates_of(
    meter_id: int, *, since: datetime, until: datetime
) -> tuple[EstimateView, ...]:
    """Return all estimates ever made for the meter in this time, oldest first."""
    found = await rows(
        """select meter_id, measured_at, content, method, quality, made_at, replaced_at
           from reading_estimate where meter_id = $1 and measured_at between $2 and $3
           order by measured_at, made_at""",
        meter_id,
        since,
        until,
    )
    return tuple(_estimate(row) for row in found)


def _estimate(row: dict[str, Any]) -> EstimateView:
    registers = tuple(unpacked(row.pop("content"))["registers_wh"])
    return EstimateView(**row | {"registers": registers, "method": Method(row["method"])})
