"""Propose a tariff version: somebody else has to publish it."""

from datetime import datetime
from typing import Any

from domain import audit
from domain.base import Actor, packed, run, transaction, value

from ._draft import refuse_others
from ._publish import lock_tariff, refuse_misfit
from ._tariff import tariff_of


async def propose(document: Any, *, actor: Actor, now: datetime) -> int:
    """Store the document as a draft and return its id; an open one of that version gives way.

    Refusals: OperatorsOnly, TariffInvalid, TariffVersionExists, TariffOverlap, TariffHole.
    """
    refuse_others(actor)
    tariff = tariff_of(document)
    async with transaction():
        await lock_tariff(tariff.code)
        await refuse_misfit(tariff)
        await run(
            """update tariff_draft set state = 'SUPERSEDED', decided_by = $3, decided_at = $4
               where code = $1 and version = $2 and state = 'OPEN'""",
            tariff.code,
            tariff.version,
            str(actor),
            now,
        )
        draft_id: int = await value(
            """insert into tariff_draft (code, version, document, proposed_by, proposed_at)
               values ($1, $2, $3::jsonb, $4, $5) returning id""",
            tariff.code,
            tariff.version,
            packed(document),
            str(actor),
            now,
        )
        named = {"tariff": tariff.code, "version": tariff.version}
        subject = f"tariff_draft:{draft_id}"
        await audit.note(actor, "PROPOSE_TARIFF", subject, detail=named, now=now)
    return draft_id
