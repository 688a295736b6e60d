"""Emptying a database of play data."""

from ._migrate import connected

_PLAY = "feikong: play data, may be emptied"


class NotOurs(Exception):
    """The database holds data that nobody said may be emptied."""


async def wipe(url: str) -> None:
    """Empty the database for a play that starts anew; raises NotOurs where real data may lie.

    What it has emptied it marks, and only what is marked or holds no tables is emptied.
    """
    connection = await connected(url)
    try:
        marked = await connection.fetchval(
            "select shobj_description(oid, 'pg_database') from pg_database"
            " where datname = current_database()"
        )
        tables = await connection.fetchval(
            "select count(*) from pg_tables where schemaname = 'public'"
        )
        if tables and marked != _PLAY:
            raise NotOurs("DATABASE_URL names a database that is in use: the demo wants its own")
        name = await connection.fetchval("select quote_ident(current_database())")
        await connection.execute("drop schema public cascade; create schema public")
        await connection.execute(f"comment on database {name} is '{_PLAY}'")
    finally:
        await connection.close()
