"""What operators look at: bill runs, held bills, tariffs, readings held apart."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry

from api.graphql.billing import (
    Bill,
    BillRun,
    TariffDraft,
    TariffVersion,
    bill,
    bill_run,
    tariff_draft,
    tariff_version,
)
from api.graphql.field import Info, field
from api.graphql.identity import tablet_of
from api.graphql.metering import ReadingException, exception_in_sight, reading_exception
from api.graphql.node import (
    FIRST_DEFAULT,
    After,
    Connection,
    First,
    Node,
    NodeKey,
    paged,
)
from auth import OPERATORS
from domain.billing import runs_of
from domain.metering import rounds
from domain.reporting import (
    list_bills,
    list_exceptions,
    list_tariff_drafts,
    list_tariff_versions,
)

from ._district import Districts, district_node

Code = Annotated[str | None, strawberry.argument(description="Only versions of this tariff.")]
OpenOnly = Annotated[bool, strawberry.argument(description="Only what still waits for somebody.")]


@strawberry.type(description="The nightly look over all meters of a time zone.")
class MeterRound:
    timezone: str = strawberry.field(description="Name of the zone, as of IANA.")
    looked_over_until: datetime = strawberry.field(
        description="The midnight up to which all was looked over."
    )
    ended_at: datetime | None = strawberry.field(
        description="When the last round ended; null: none has yet."
    )
    due_at: datetime = strawberry.field(description="When the next one begins.")
    running: bool = strawberry.field(description="True where it has begun and not ended.")


@strawberry.type(description="What operators look at.")
class Desk(Districts):
    @field(
        allow=OPERATORS,
        description="The nightly rounds over the meters, one per time zone: findings, and estimates"
        " where nothing was read. Bills are made by `billRuns`.",
    )
    async def meter_rounds(self, info: Info) -> list[MeterRound]:  # ruff: ignore[unused-method-argument]
        return [
            MeterRound(
                timezone=each.timezone,
                looked_over_until=each.since,
                ended_at=each.ended_at,
                due_at=each.due_at,
                running=each.is_running,
            )
            for each in await rounds()
        ]

    @field(
        allow=OPERATORS,
        description="Bill runs, newest first: of the caller's districts, and those of all.",
    )
    async def bill_runs(
        self, info: Info, first: First = FIRST_DEFAULT, after: After = None
    ) -> Connection[BillRun]:
        asked = partial(runs_of, district_id=info.context.who.district_id)
        return await paged(asked, bill_run, first=first, after=after)

    @field(allow=OPERATORS, description="Bills that wait for somebody, newest first.")
    async def held_bills(
        self, info: Info, first: First = FIRST_DEFAULT, after: After = None
    ) -> Connection[Bill]:
        asked = partial(list_bills, info.context.sight, state="HELD")
        return await paged(asked, bill, first=first, after=after)

    @field(allow=OPERATORS, description="Published tariff versions, newest first.")
    async def tariff_versions(
        self,
        info: Info,  # ruff: ignore[unused-method-argument]
        first: First = FIRST_DEFAULT,
        after: After = None,
        code: Code = None,
    ) -> Connection[TariffVersion]:
        asked = partial(list_tariff_versions, code=code)
        return await paged(asked, tariff_version, first=first, after=after)

    @field(allow=OPERATORS, description="Proposed tariffs, newest first.")
    async def tariff_drafts(
        self,
        info: Info,  # ruff: ignore[unused-method-argument]
        first: First = FIRST_DEFAULT,
        after: After = None,
        *,
        open_only: OpenOnly = True,
    ) -> Connection[TariffDraft]:
        asked = partial(list_tariff_drafts, open_only=open_only)
        return await paged(asked, tariff_draft, first=first, after=after)

    @field(allow=OPERATORS, description="Readings held apart, newest first.")
    async def reading_exceptions(
        self,
        info: Info,
        first: First = FIRST_DEFAULT,
        after: After = None,
        *,
        open_only: OpenOnly = True,
    ) -> Connection[ReadingException]:
        asked = partial(list_exceptions, info.context.sight, open_only=open_only)
        return await paged(asked, reading_exception, first=first, after=after)


async def _exception_of(info: Info, exception_id: int) -> ReadingException | None:
    held = await exception_in_sight(info, exception_id)
    return reading_exception(held) if held else None


_FOUND: dict[str, Callable[[Info, int], Awaitable[Node | None]]] = {
    "DistrictStatistics": district_node,
    "ReadingException": _exception_of,
    "Tablet": tablet_of,
}


async def desk_node(info: Info, key: NodeKey) -> Node | None:
    """Return what the key stands for on an operator's desk."""
    if key.kind in _FOUND:
        return await _FOUND[key.kind](info, key.id)
    if key.kind == "BillRun":
        runs = await runs_of(district_id=info.context.who.district_id, limit=1, before=key.id + 1)
        return bill_run(runs[0]) if runs and runs[0].id == key.id else None
    if key.kind == "TariffVersion":
        versions = await list_tariff_versions(limit=1, version_id=key.id)
        return tariff_version(versions[0]) if versions else None
    if key.kind == "TariffDraft":
        drafts = await list_tariff_drafts(limit=1, draft_id=key.id, open_only=False)
        return tariff_draft(drafts[0]) if drafts else None
    return None
