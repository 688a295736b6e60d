"""The clients that people use, unchanged, against the API; node is needed for these tests only.

Without node, or without the packages and a way to get them, they are skipped and say so;
`make test-clients` (CLIENTS=required) fails instead.
"""

import asyncio
import os
from pathlib import Path

HERE = Path(__file__).parent
WITHIN_S = 60


async def run(node, script, *, town, address):
    """Run a script against the API, paying whenever it says so, and return what it has passed."""
    process = await asyncio.create_subprocess_exec(
        node,
        script,
        cwd=HERE,
        env=os.environ
        | {
            "URL": f"http://{address}/graphql",
            "TOKEN": town.customer.token,
            "NUMBER": town.home.number,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    passed = []
    try:
        async with asyncio.timeout(WITHIN_S):
            async for line in process.stdout:
                said = line.decode().strip()
                if said == "pay":
                    await town.home.pays(2_345, at=town.home.installed_at)
                elif said.startswith("passed "):
                    passed.append(said.removeprefix("passed "))
            told = (await process.stderr.read()).decode()
            assert await process.wait() == 0, told
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return passed


async def test_the_official_audits_of_graphql_over_http_pass(node, town, address):
    assert await run(node, "audits.mjs", town=town, address=address) == ["61 audits"]


async def test_apollo_client(node, town, address):
    for fen in range(1, 6):
        await town.home.pays(fen * 100, at=town.home.installed_at)
    assert await run(node, "apollo.mjs", town=town, address=address) == [
        "pagination",
        "mutation",
        "APQ by POST",
        "APQ by GET",
        "websocket subscription",
        "multipart subscription",
    ]


async def test_urql(node, town, address):
    assert await run(node, "urql.mjs", town=town, address=address) == [
        "POST",
        "GET",
        "mutation",
        "APQ by GET",
        "APQ by POST",
        "websocket subscription",
        "events subscription",
        "upload refused",
    ]


async def test_graphql_ws_and_graphql_sse(node, town, address):
    assert await run(node, "streams.mjs", town=town, address=address) == [
        "graphql-ws",
        "graphql-sse",
        "forged token",
    ]
