"""Questions about payment channels."""

from dataclasses import dataclass

from domain.base import rows


@dataclass(frozen=True, slots=True)
class OpenChannel:
    """A channel that takes payments for our orders."""

    code: str
    name: str


async def open_channels() -> tuple[OpenChannel, ...]:
    """Return the channels that an order can be paid through, by name."""
    found = await rows("select code, name from channel where active order by name, code")
    return tuple(OpenChannel(**each) for each in found)
