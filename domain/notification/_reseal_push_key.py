"""Keep the key that push services know anew, under another key."""

from collections.abc import Callable

from domain.base import row, rows, run, transaction


async def kept_secrets() -> tuple[str, ...]:
    """Return the private key as it is kept, if there is one."""
    return tuple(each["private_pem"] for each in await rows("select private_pem from push_key"))


async def reseal_push_key(rewrite: Callable[[str], str]) -> int:
    """Replace the private key by what `rewrite` makes of how it is kept; return 0 without one."""
    async with transaction():
        found = await row("select private_pem from push_key for update")
        if found is None:
            return 0
        await run("update push_key set private_pem = $1", rewrite(found["private_pem"]))
        return 1
