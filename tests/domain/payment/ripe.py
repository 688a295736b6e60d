"""Homes that may be tripped this very moment: every notice is delivered, every lead is over."""

from datetime import datetime, timedelta

from domain.base import run

RIPEN = (
    "truncate command, supply_change, decision, outbox, episode, message",
    "update supply set output_state = 1, control_state = 1, keep = false",
    "update account set protected = false, protected_why = null",
    # What is missing to a debt of a yuan is laid on as a fee: the ledger stays as it is.
    """update account_position
       set late_fee_fen = late_fee_fen + available_fen + 100, available_fen = -100""",
    "insert into episode (account_id, opened_at) select id, opened_at from account",
    """insert into message (account_id, phone, kind, locale, key, text, state, created_at)
       select account_id, '', kind, 'zh-CN', kind || ':' || e.id, '', 'DELIVERED', opened_at
       from episode e cross join unnest(array['NOTICE', 'FINAL_NOTICE']) as kind""",
)


async def ripen(now: datetime) -> None:
    """Make every account of the house ripe for a trip at `now`."""
    for sql in RIPEN:
        await run(sql)
    await run("update account_position set as_of = $1", now)
    await run(
        """update message set delivered_at =
             case kind when 'NOTICE' then $1::timestamptz else $2::timestamptz end""",
        now - timedelta(days=1),
        now - timedelta(minutes=30),
    )
    await run(
        """update episode e set notice_message_id = n.id, final_message_id = f.id, final_for = $1
           from message n, message f
           where n.key = 'NOTICE:' || e.id and f.key = 'FINAL_NOTICE:' || e.id""",
        now,
    )
