"""The API does not start where nobody could read."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from command import PATIENCE_S, ROOT, environment, feikong


@pytest.fixture
async def administrator(database_url: str):
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


def starts(place: Path, url: str, redis_url: str) -> str:
    """Return what `feikong api` says as it ends at once."""
    own = {"DATABASE_URL": url, "REDIS_URL": redis_url}
    ended = feikong("api", env=environment(place, api_port=0) | own)
    assert ended.returncode == 2, ended.stdout
    assert ended.stderr.count("\n") == 1, ended.stderr
    return ended.stderr


async def test_an_api_that_another_server_starts_does_not_start_either(
    place: Path, database_url: str, redis_url: str, administrator: asyncpg.Connection
) -> None:
    await administrator.execute("create role lackey login password 'lackey'")
    try:
        parts = urlsplit(database_url)
        host = parts.netloc.rpartition("@")[2]
        url = parts._replace(netloc=f"lackey:lackey@{host}").geturl()
        ended = subprocess.run(
            [sys.executable, "-m", "uvicorn", "--factory", "api:create_app", "--port", "0"],
            cwd=ROOT,
            env=environment(place) | {"DATABASE_URL": url, "REDIS_URL": redis_url},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert ended.returncode == 3
        assert "nobody can read" in ended.stderr
    finally:
        await administrator.execute("drop role lackey")


async def test_the_api_says_that_its_user_lacks_the_roles_that_people_read_as(
    place: Path, database_url: str, redis_url: str, administrator: asyncpg.Connection
) -> None:
    await administrator.execute("create role lackey login password 'lackey'")
    try:
        parts = urlsplit(database_url)
        host = parts.netloc.rpartition("@")[2]
        said = starts(place, parts._replace(netloc=f"lackey:lackey@{host}").geturl(), redis_url)
        assert "permission denied to set role" in said
        assert "docs/operations.md" in said
    finally:
        await administrator.execute("drop role lackey")


async def test_the_api_says_that_the_database_has_to_be_migrated(
    place: Path, database_url: str, redis_url: str, administrator: asyncpg.Connection
) -> None:
    none = urlsplit(database_url)._replace(path="/none").geturl()
    assert "does not exist yet: run feikong migrate" in starts(place, none, redis_url)
    await administrator.execute("create database unmade")
    try:
        unmade = urlsplit(database_url)._replace(path="/unmade").geturl()
        assert "run feikong migrate" in starts(place, unmade, redis_url)
    finally:
        await administrator.execute("drop database unmade with (force)")


async def test_the_api_says_that_its_key_opens_no_other_keys(
    place: Path, database_url: str, redis_url: str, administrator: asyncpg.Connection
) -> None:
    env = environment(place, secrets_key="A" * 43 + "=") | {"DATABASE_URL": database_url}
    assert feikong("keys", "list", env=env | {"REDIS_URL": redis_url}).returncode == 0
    assert "none of the keys opens" in starts(place, database_url, redis_url)
    await administrator.execute("delete from signing_key")
    await administrator.execute(
        """insert into channel (code, name, algorithm, key_id, key)
           values ('bank', 'Bank', 'hmac-sha256', 'bank', 'sealed:')"""
    )
    assert "none of the keys opens" in starts(place, database_url, redis_url)
