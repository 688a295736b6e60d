"""Forget a device."""

from domain.base import Refusal, transaction, value


class DeviceUnknown(Refusal):
    """The person has no such device."""

    code = "DEVICE_UNKNOWN"


async def forget_device(device_id: int, *, person_id: int | None = None) -> None:
    """Push nothing to the device any more; refuses DeviceUnknown where it is not the person's.

    Without a person the push service has said that it is gone: that is never refused.
    """
    async with transaction():
        found = await value(
            "delete from push_device where id = $1 and person_id = coalesce($2, person_id)"
            " returning id",
            device_id,
            person_id,
        )
    if found is None and person_id is not None:
        raise DeviceUnknown
