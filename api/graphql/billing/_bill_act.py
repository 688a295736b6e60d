"""What operators do with held bills and with tariffs."""

from typing import Any
from uuid import UUID

import strawberry

from api.graphql.error import WHY, Declined, Payload, why_of
from api.graphql.field import Info, idempotency_key, mutation, once, replayed
from api.graphql.node import parsed_id
from auth import CONTROL, OPERATORS
from domain import billing, tariff
from domain.reporting import (
    BillView,
    TariffDraftView,
    list_bills,
    list_tariff_drafts,
    list_tariff_versions,
)

from ._bill import Bill, bill
from ._tariff import TariffDraft, TariffVersion, tariff_draft, tariff_version

_f = strawberry.field


@strawberry.input(description="Input of releaseBill.")
class ReleaseBillInput:
    bill_id: strawberry.ID = _f(description="Id of a held bill.")
    why: str = _f(description=WHY)
    idempotency_key: UUID = idempotency_key()


@strawberry.type(description="Answer of releaseBill.")
class ReleaseBillPayload(Payload):
    bill: Bill | None = _f(default=None, description="The bill as it now stands.")
    replayed: bool = replayed()


@strawberry.input(description="Input of cancelBill.")
class CancelBillInput:
    bill_id: strawberry.ID = _f(description="Id of a held bill.")
    why: str = _f(description=WHY)


@strawberry.type(description="Answer of cancelBill.")
class CancelBillPayload(Payload):
    bill: Bill | None = _f(default=None, description="The bill as it now stands.")


@strawberry.input(description="Input of proposeTariff.")
class ProposeTariffInput:
    document: str = _f(description="The tariff document, as JSON.")


@strawberry.type(description="Answer of proposeTariff.")
class ProposeTariffPayload(Payload):
    draft: TariffDraft | None = _f(default=None, description="What waits for a second person.")


@strawberry.input(description="Input of publishTariff.")
class PublishTariffInput:
    draft_id: strawberry.ID = _f(description="Id of a draft that somebody else has proposed.")


@strawberry.type(description="Answer of publishTariff.")
class PublishTariffPayload(Payload):
    draft: TariffDraft | None = _f(default=None, description="The draft as it now stands.")
    tariff_version: TariffVersion | None = _f(default=None, description="What is published.")


async def seen_bill(info: Info, given: str) -> BillView:
    """Return the bill if the caller may see it; refuses UNKNOWN_BILL otherwise."""
    key = parsed_id(given, "Bill")
    found = await list_bills(info.context.sight, limit=1, bill_id=key.id) if key else ()
    if not found:
        raise Declined("UNKNOWN_BILL", field="billId")
    return found[0]


async def _draft(draft_id: int) -> TariffDraftView:
    found = await list_tariff_drafts(limit=1, draft_id=draft_id, open_only=False)
    if not found:
        raise Declined("DRAFT_UNKNOWN", field="draftId")
    return found[0]


@mutation(allow=OPERATORS, description="Let a held bill go out as it stands: it is owed then.")
async def release_bill(info: Info, input: ReleaseBillInput) -> ReleaseBillPayload:
    why, found = why_of(input.why, field="why"), await seen_bill(info, input.bill_id)
    actor = info.context.who.actor

    async def release() -> dict[str, Any]:
        await billing.release(found.id, why=why, actor=actor, now=info.context.now())
        return {}

    done = await once(info, input, release)
    now = bill(await seen_bill(info, input.bill_id))
    return ReleaseBillPayload(bill=now, replayed=done.replayed)


@mutation(
    allow=OPERATORS,
    description="Put a held bill away: its period is open again, and the next run bills it anew.",
)
async def cancel_bill(info: Info, input: CancelBillInput) -> CancelBillPayload:
    why, found = why_of(input.why, field="why"), await seen_bill(info, input.bill_id)
    actor = info.context.who.actor
    await billing.cancel(found.id, why=why, actor=actor, now=info.context.now())
    return CancelBillPayload(bill=bill(await seen_bill(info, input.bill_id)))


@mutation(
    allow=OPERATORS,
    description="Propose a tariff; somebody else publishes it. For operators of all districts.",
)
async def propose_tariff(info: Info, input: ProposeTariffInput) -> ProposeTariffPayload:
    _refuse_districts(info)
    draft_id = await tariff.propose(
        tariff.loaded(input.document), actor=info.context.who.actor, now=info.context.now()
    )
    return ProposeTariffPayload(draft=tariff_draft(await _draft(draft_id)))


@mutation(
    allow=CONTROL,
    description="Publish what somebody else has proposed. For operators of all districts.",
)
async def publish_tariff(info: Info, input: PublishTariffInput) -> PublishTariffPayload:
    _refuse_districts(info)
    key = parsed_id(input.draft_id, "TariffDraft")
    found = await _draft(key.id if key else 0)
    await tariff.approve(found.id, actor=info.context.who.actor, now=info.context.now())
    (version,) = await list_tariff_versions(limit=1, code=found.code)
    return PublishTariffPayload(
        draft=tariff_draft(await _draft(found.id)), tariff_version=tariff_version(version)
    )


def _refuse_districts(info: Info) -> None:
    if info.context.who.district_id is not None:
        raise Declined("WHOLE_DEPLOYMENT_ONLY")
