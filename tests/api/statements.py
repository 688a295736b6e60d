"""What people's readings send to the database."""

import asyncio
from contextlib import ExitStack, asynccontextmanager

from tortoise import connections


@asynccontextmanager
async def statements():
    """Give what people's readings send, in order; the house works, too."""
    sent: list[str] = []
    pool = connections.get("default")._pool
    with ExitStack() as stack:
        for holder in pool._holders:
            if holder._con is not None:
                holder._con.add_query_logger(_noting(holder._con, sent))
                stack.callback(holder._con._query_loggers.clear)
        try:
            yield sent
        finally:
            await asyncio.sleep(0)  # the driver tells what it sent in the loop's next round


def _noting(connection, sent):
    def note(record):
        if connection.role and not record.query.startswith("set role"):
            sent.append(record.query)

    return note
