"""What operators look at: bill runs, held bills, tariffs, readings held apart."""

from datetime import datetime
from typing import Annotated

import strawberry

from auth import OPERATORS
from domain.billing import RunView, runs_of
from domain.reporting import (
    list_bills,
    list_exceptions,
    list_tariff_drafts,
    list_tariff_versions,
)

from ._bill import Bill, bill
from ._door import Info, field
from ._exception import ReadingException, exception_in_sight, reading_exception
from ._node import Node, NodeKey, global_id
from ._page import FIRST_DEFAULT, After, Connection, First, key_behind, page, page_limit
from ._scalar import Money, money
from ._tariff import TariffDraft, TariffVersion, tariff_draft, tariff_version

_f = strawberry.field

Code = Annotated[str | None, strawberry.argument(description="Only versions of this tariff.")]
OpenOnly = Annotated[bool, strawberry.argument(description="Only what still waits for somebody.")]


@strawberry.type(description="How many bills of a run were held for one reason.")
class HeldCount:
    reason: str = _f(description="The reason, such as SPIKE or ZERO.")
    bills: int = _f(description="How many bills.")


@strawberry.type(description="A bill run (发行): everybody whose period had ended got a bill.")
class BillRun(Node):
    started_at: datetime = _f(description="When it began, or was asked for.")
    asked_by: str | None = _f(description="Who asked for it; null: the schedule.")
    ended_at: datetime | None = _f(description="When it ended; null while it runs or was cut off.")
    accounts: int = _f(description="Accounts that it has looked at.")
    issued: int = _f(description="Bills that went out.")
    held: int = _f(description="Bills that wait for somebody.")
    total: Money = _f(description="Sum of the bills that went out.")
    reasons: list[HeldCount] = _f(description="Why bills were held.")


@strawberry.type(description="What operators look at.")
class Desk:
    @field(allow=OPERATORS, description="Bill runs of the caller's districts, newest first.")
    async def bill_runs(
        self, info: Info, first: First = FIRST_DEFAULT, after: After = None
    ) -> Connection[BillRun]:
        found = await runs_of(
            district_id=info.context.who.district_id,
            limit=page_limit(first),
            before=key_behind(after),
        )
        return page(found, bill_run, first=first, after=after)

    @field(allow=OPERATORS, description="Bills that wait for somebody, newest first.")
    async def held_bills(
        self, info: Info, first: First = FIRST_DEFAULT, after: After = None
    ) -> Connection[Bill]:
        found = await list_bills(
            info.context.sight, limit=page_limit(first), before=key_behind(after), state="HELD"
        )
        return page(found, bill, first=first, after=after)

    @field(allow=OPERATORS, description="Published tariff versions, newest first.")
    async def tariff_versions(
        self,
        info: Info,  # ruff: ignore[unused-method-argument]
        first: First = FIRST_DEFAULT,
        after: After = None,
        code: Code = None,
    ) -> Connection[TariffVersion]:
        found = await list_tariff_versions(
            limit=page_limit(first), before=key_behind(after), code=code
        )
        return page(found, tariff_version, first=first, after=after)

    @field(allow=OPERATORS, description="Proposed tariffs, newest first.")
    async def tariff_drafts(
        self,
        info: Info,  # ruff: ignore[unused-method-argument]
        first: First = FIRST_DEFAULT,
        after: After = None,
        *,
        open_only: OpenOnly = True,
    ) -> Connection[TariffDraft]:
        found = await list_tariff_drafts(
            limit=page_limit(first), before=key_behind(after), open_only=open_only
        )
        return page(found, tariff_draft, first=first, after=after)

    @field(allow=OPERATORS, description="Readings held apart, newest first.")
    async def reading_exceptions(
        self,
        info: Info,
        first: First = FIRST_DEFAULT,
        after: After = None,
        *,
        open_only: OpenOnly = True,
    ) -> Connection[ReadingException]:
        found = await list_exceptions(
            info.context.sight,
            limit=page_limit(first),
            before=key_behind(after),
            open_only=open_only,
        )
        return page(found, reading_exception, first=first, after=after)


def bill_run(view: RunView) -> BillRun:
    """Return the run as its object."""
    return BillRun(
        id=global_id("BillRun", view.id),
        started_at=view.started_at,
        asked_by=view.asked_by,
        ended_at=view.ended_at,
        accounts=view.accounts,
        issued=view.issued,
        held=view.held,
        total=money(view.total_fen),
        reasons=[HeldCount(reason=name, bills=n) for name, n in view.reasons.items()],
    )


async def desk_node(info: Info, key: NodeKey) -> Node | None:
    """Return what the key stands for on an operator's desk."""
    if key.kind == "ReadingException":
        held = await exception_in_sight(info, key.id)
        return reading_exception(held) if held else None
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
