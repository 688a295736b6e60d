"""Mark messages as read."""

from domain.base import run, transaction

MARK = """
insert into message_mark (person_id, account_id, through_id)
select $1, account_id, id from message where id = $2 and account_id is not null
on conflict (person_id, account_id) do update set through_id = excluded.through_id
where message_mark.through_id < excluded.through_id
"""


async def mark_read(message_id: int, *, person_id: int) -> None:
    """Note that the person has read this message and those before it of the same account.

    The caller has seen that the message is theirs to read. An older one changes nothing.
    """
    async with transaction():
        await run(MARK, person_id, message_id)
