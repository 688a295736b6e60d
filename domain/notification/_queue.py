"""Ask for a message to be sent."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain import base, outbox

from ._quiet import QuietHours
from ._settle import settle
from ._texts import LANGUAGES, Kind, language_of, text
from ._way import PATIENT, SECRET

ADDRESSEE = """
select account.id, number, account.locale, timezone, since, until,
  (select phone from contact where account_id = account.id and active order by id limit 1) as phone
from account join district on district.id = account.district_id
left join quiet_hours on quiet_hours.district_id = account.district_id
where account.id = any($1)
"""

INSERT = """
insert into message
  (account_id, phone, kind, locale, key, text, translations, state, created_at, due_at)
values ($1, $2, $3, $4, $5, $6, $7, 'QUEUED', $8, $9)
on conflict (key) do nothing returning id
"""

OVERTAKEN = """
select id from message
where account_id = $1 and kind = 'ALARM' and state = 'QUEUED' and due_at is not null for update
"""


async def queue(
    kind: str,
    *,
    account_id: int | None,
    params: Mapping[str, object],
    key: str,
    now: datetime,
    phone: str | None = None,
    locale: str | None = None,
    shadow: bool = False,
) -> int:
    """Write a message down to be sent and return its id; the same `key` returns the first one.

    Phone and locale are the account's unless given. Without any phone it is undeliverable at once.
    In shadow it counts as delivered now, and nothing is sent. What can wait is kept while the
    district sleeps; a payment overtakes it.
    """
    async with base.transaction():
        known = await _addressee(account_id)
        phone, locale = phone or known["phone"] or "", locale or known["locale"]
        words, others = composed(kind, known | {"locale": locale}, params)
        due_at = None if shadow else due_at_of(kind, known, now)
        message_id: int | None = await base.value(
            INSERT, account_id, phone, Kind(kind).value, locale, key, words, others, now, due_at
        )
        if message_id is None:
            return await _first(key)
        if kind == Kind.PAYMENT_RECEIVED:
            for waiting in await base.rows(OVERTAKEN, account_id):
                await settle(waiting["id"], "OVERTAKEN", now=now)
        if shadow:
            await settle(message_id, "SHADOW", now=now)
        elif not phone:
            await settle(message_id, "UNDELIVERABLE", reason="NO_PHONE", now=now)
        elif due_at is None:
            await outbox.add("message.queued", message_id=message_id)
        return message_id


async def _addressee(account_id: int | None) -> dict[str, Any]:
    if account_id is None:
        return {"id": None, "number": "", "phone": None, "locale": "zh-CN", "timezone": UTC}
    return (await addressees([account_id]))[account_id]


async def addressees(account_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return to whom a message of each account goes, in which language, and when it may."""
    found = await base.rows(ADDRESSEE, sorted(account_ids))
    return {each["id"]: each | {"timezone": ZoneInfo(each["timezone"])} for each in found}


def composed(
    kind: str, known: Mapping[str, Any], params: Mapping[str, object]
) -> tuple[str, str | None]:
    """Return what this addressee is sent, and as JSON the same in the other languages.

    Those are for whoever else watches the account: what is of no account, or secret, has none.
    """
    facts = {"account_number": known["number"]} | dict(params)
    language = language_of(known["locale"])
    sent = text(kind, language, facts, zone=known["timezone"])
    if known["id"] is None or kind in SECRET:
        return sent, None
    others = (each for each in LANGUAGES if each != language)
    said = {each: text(kind, each, facts, zone=known["timezone"]) for each in others}
    return sent, base.packed(said)


def due_at_of(kind: str, known: Mapping[str, Any], now: datetime) -> datetime | None:
    """Return until when a message to this addressee is kept, if it is."""
    if kind not in PATIENT:
        return None
    set_hours = known.get("since") is not None
    hours = QuietHours(known["since"], known["until"]) if set_hours else QuietHours()
    return hours.over_at(now, zone=known["timezone"])


async def _first(key: str) -> int:
    found: int = await base.value("select id from message where key = $1", key)
    return found
