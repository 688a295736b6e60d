"""The demo goes on when a server that it asks comes back, and not when it stays away."""

import pytest

from cli.demo._patience import patiently


async def test_what_fails_is_done_again_until_it_works() -> None:
    failures = [ConnectionResetError("away"), OSError("not yet")]

    async def act() -> str:
        if failures:
            raise failures.pop()
        return "done"

    assert await patiently(act, tries=3, pause_s=0) == "done"


async def test_what_keeps_failing_is_raised() -> None:
    tried = []

    async def act() -> None:
        tried.append(1)
        raise OSError("away for good")

    with pytest.raises(OSError, match="for good"):
        await patiently(act, tries=3, pause_s=0)
    assert len(tried) == 3
