"""Note that a device's push service works."""

from datetime import datetime

from domain.base import run


async def note_taken(device_id: int, *, wall: datetime) -> None:
    """Note that the push service of the device has taken a message."""
    await run("update push_device set taken_at = $2 where id = $1", device_id, wall)
