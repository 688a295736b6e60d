"""The roles that people read as, on a server where the database's user may not make them."""

from urllib.parse import urlsplit

import asyncpg
import pytest

from domain.base import reading_as, value, wall
from runtime.database import UnfitServer, close_database, migrate, open_database


async def test_a_user_of_an_own_server_is_told_what_its_administrator_has_to_do(
    database_url: str,
) -> None:
    """A user that owns its database and is nothing else: no superuser, no maker of roles."""
    administrator = await asyncpg.connect(database_url)
    await administrator.execute("create role clerk login password 'clerk'")
    await administrator.execute("create database clerks owner clerk")
    parts = urlsplit(database_url)
    host = parts.netloc.rpartition("@")[2]
    url = parts._replace(netloc=f"clerk:clerk@{host}", path="/clerks").geturl()
    try:
        with pytest.raises(UnfitServer, match=r"as an administrator: .* to clerk;") as refused:
            await migrate(url)
        given = str(refused.value).partition("as an administrator: ")[2].split(";")
        for sql in (each for each in given if each.strip().startswith("grant")):
            await administrator.execute(sql)
        await migrate(url)
        await open_database(url, pool_max=2)
        async with reading_as("NOBODY"):
            assert await value("select current_user") == wall.CUSTOMER
            assert await value("select count(*) from account") == 0
        await close_database()
    finally:
        await administrator.execute("drop database clerks with (force)")
        await administrator.execute("drop role clerk")
        await administrator.close()
