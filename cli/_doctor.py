"""What is wrong with an installation, and how to mend it."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from redis.asyncio import Redis
from redis.exceptions import RedisError
from rich.console import Console

from auth import is_sealed, unsealed
from domain import identity, outbox
from runtime import database, embedded
from runtime.process import ProcessFailed
from runtime.settings import Settings, WrongSettings, settings

from ._house import answers, at
from ._secrets import kept_secrets
from ._servers import servers

_SKEW_MS_MAX = 2_000
_OLDEST_REDIS = 6


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: fine, or a problem with how to mend it."""

    what: str
    mend: str = ""


def doctor() -> int:
    """Look at everything, print a line for each, return 1 where something must be mended."""
    console = Console(highlight=False, soft_wrap=True)
    healthy = True
    for finding in _findings():
        healthy = healthy and not finding.mend
        mark = "[red]PROBLEM[/]" if finding.mend else "[green]OK[/]     "
        console.print(f"{mark} {finding.what}" + (f": {finding.mend}" if finding.mend else ""))
    return 0 if healthy else 1


def _findings() -> Iterator[Finding]:
    yield _python()
    try:
        given = settings()
    except WrongSettings as wrong:
        yield Finding("settings", str(wrong))
        return
    yield Finding(f"settings, profile {given.profile}")
    yield _folder(given)
    house_runs = embedded.known(given.data_dir) is not None
    yield Finding("feikong up is running here" if house_runs else "feikong up is not running here")
    if not house_runs:
        yield from _ports(given)
    try:
        with servers(given) as live:
            yield from asyncio.run(_servers(given, live))
    except embedded.FolderUnfit:
        return  # it stands above already
    except (ProcessFailed, embedded.FolderTaken, OSError) as failed:
        yield Finding("embedded servers", str(failed))


def _python() -> Finding:
    found = sys.version.split()[0]
    return Finding(f"Python {found}, feikong {version('feikong')}")


def _folder(given: Settings) -> Finding:
    try:
        embedded.make_folder(given.data_dir)
    except embedded.FolderUnfit as unfit:
        return Finding(f"data folder {given.data_dir}", str(unfit).partition(": ")[2])
    return Finding(f"data folder {given.data_dir}")


def _ports(given: Settings) -> Iterator[Finding]:
    asked = [("API", given.api_host, given.api_port, False)]
    if given.plain_coap:  # else no head end runs
        asked.append(("CoAP", given.coap_host, given.coap_port, True))
    for name, host, port, udp in asked:
        setting = f"FEIKONG_{name.upper()}_PORT"
        if port == 0 or embedded.is_free(host, port, udp=udp):
            yield Finding(f"port {port or 'any'} for {name}")
        elif not udp and answers(f"http://{at(host, port)}/livez"):
            yield Finding(f"port {port} for {name}: a running one answers there")
        elif given.profile == "production":
            yield Finding(f"port {port} for {name}", f"it is busy: free it or set {setting}")
        else:
            yield Finding(f"port {port} for {name} is busy, up will take another")


async def _servers(given: Settings, live: Settings) -> list[Finding]:
    assert live.database_url
    assert live.redis_url
    return [*await _database(given, live.database_url), await _redis(live.redis_url)]


async def _database(given: Settings, url: str) -> list[Finding]:
    try:
        if not await database.exists(url):
            return [_no_database(given)]
        server = await database.facts(url)
    except database.UnfitServer as failed:
        return [Finding("PostgreSQL", str(failed).removeprefix("PostgreSQL: "))]
    strict = given.profile == "production"
    wrong = database.problems(server, strict=True)
    found = [Finding(f"PostgreSQL {server.version_text}")]
    found += [Finding("PostgreSQL", text) for text in wrong]
    if not wrong:
        found.append(Finding("fsync, full_page_writes and synchronous_commit are on"))
    if server.checksums:
        found.append(Finding("data checksums are on"))
    else:
        mend = "stop the server and run pg_checksums --enable"
        found.append(Finding("data checksums are off", mend if strict else ""))
    skew = f"clocks differ by {server.clock_skew_ms} ms"
    far = abs(server.clock_skew_ms) > _SKEW_MS_MAX
    found.append(Finding(skew, "synchronise both machines (chrony)" if far else ""))
    return [*found, *await _schema(given, url)]


def _no_database(given: Settings) -> Finding:
    if given.database_url:
        return Finding("database", "it does not exist yet: run feikong migrate")
    return Finding("database does not exist yet, up will make it")


async def _schema(given: Settings, url: str) -> list[Finding]:
    missing = await database.pending(url)
    if missing:
        return [Finding(f"migrations missing: {', '.join(missing)}", "run feikong migrate")]
    await database.open_database(url, name="doctor")
    try:
        depth = await outbox.depth()
        played = await identity.open_play_sessions()
        secrets = await kept_secrets()
        wall = await _second_wall()
    finally:
        await database.close_database()
    mend = "feikong outbox show tells why" if depth.dead else ""
    return [
        Finding("migrations are complete"),
        wall,
        Finding(f"outbox: {depth.waiting} waiting, {depth.dead} dead", mend),
        *_sealed(given, secrets),
        *_sign_in(given, played),
    ]


def _sealed(given: Settings, secrets: Sequence[str]) -> Iterator[Finding]:
    """Tell whether what is secret is kept under the deployment's key, and opens."""
    bare = sum(not is_sealed(kept) for kept in secrets)
    lost = sum(not _opens(kept) for kept in secrets)
    if given.secrets_key is None:
        yield Finding(f"FEIKONG_SECRETS_KEY is unset: {bare} secrets are kept as they are")
    else:
        mend = "run feikong keys seal" if bare else ""
        yield Finding(f"{bare} of {len(secrets)} secrets are kept unsealed", mend)
    if lost:
        mend = "put the one that sealed them behind the others in FEIKONG_SECRETS_KEY"
        yield Finding(f"{lost} secrets are opened by none of the keys", mend)


def _opens(kept: str) -> bool:
    try:
        unsealed(kept)
    except WrongSettings:
        return False
    return True


async def _second_wall() -> Finding:
    fault = await database.wall_fault()
    if fault:
        return Finding("row-level security", fault)
    return Finding("people read behind row-level security")


def _sign_in(given: Settings, played: int) -> Iterator[Finding]:
    """Tell whether anybody can sign in who should not: doors of the demo left open."""
    if given.profile != "production":
        yield Finding(f"sign-in without codes, for play only: {played} open sessions")
        return
    told = "whoever reads it reads codes" if given.sms_gateway == "record" else "it keeps no text"
    yield Finding(f"messages by the {given.sms_gateway} gateway: no SMS is sent, and {told}")
    mend = "the demo signed them in: update session set revoked_at = now() where device = 'demo'"
    yield Finding(f"{played} open sessions of the demo", mend if played else "")


async def _redis(url: str) -> Finding:
    redis = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    try:
        told = await redis.info("server")
    except (RedisError, OSError) as failed:
        return Finding("Valkey", f"{failed}: check REDIS_URL")
    finally:
        await redis.aclose()
    found = str(told.get("valkey_version") or told["redis_version"])
    if int(found.split(".", maxsplit=1)[0]) < _OLDEST_REDIS:
        return Finding(f"Redis {found}", f"use Valkey, or Redis {_OLDEST_REDIS} or newer")
    return Finding(f"Valkey {found}")
