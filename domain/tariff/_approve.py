"""Publish what somebody else has proposed."""

from datetime import datetime

from domain import audit
from domain.base import Actor, Refusal, row, run, transaction, unpacked, value

from ._draft import DraftNotOpen, DraftUnknown, refuse_others
from ._publish import lock_tariff, publish
from ._tariff import Tariff


class SamePerson(Refusal):
    """Who has proposed a tariff does not publish it: that takes a second person."""

    code = "SAME_PERSON"


async def approve(draft_id: int, *, actor: Actor, now: datetime) -> Tariff:
    """Publish the draft: from then on the version never changes.

    Refusals: OperatorsOnly, DraftUnknown, DraftNotOpen, SamePerson, and those of `publish`.
    """
    refuse_others(actor)
    async with transaction():
        code = await value("select code from tariff_draft where id = $1", draft_id)
        if code is None:
            raise DraftUnknown(draft=draft_id)
        # Before the draft, as who proposes does.
        await lock_tariff(code)
        draft = await row("select * from tariff_draft where id = $1 for update", draft_id)
        assert draft is not None, "drafts are kept"
        if draft["state"] != "OPEN":
            raise DraftNotOpen(draft=draft_id, state=draft["state"])
        if draft["proposed_by"] == str(actor):
            raise SamePerson(draft=draft_id)
        tariff = await publish(unpacked(draft["document"]), now=now)
        await run(
            """update tariff_draft set state = 'PUBLISHED', decided_by = $2, decided_at = $3
               where id = $1""",
            draft_id,
            str(actor),
            now,
        )
        named = {"tariff": tariff.code, "version": tariff.version, "draft": draft_id}
        subject = f"tariff:{tariff.code}"
        await audit.note(actor, "PUBLISH_TARIFF", subject, detail=named, now=now)
    return tariff
