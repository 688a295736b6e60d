"""Register a device for push."""

from collections.abc import Collection
from datetime import datetime

from domain.base import row, run, transaction

from ._device import DEVICES_MAX, PushDevice, check_keys, endpoint_host

REGISTER = """
insert into push_device (person_id, session_id, kind, endpoint, p256dh, auth, name, created_at)
values ($1, $2, 'WEB_PUSH', $3, $4, $5, $6, $7)
on conflict (endpoint) do update set person_id = excluded.person_id,
  session_id = excluded.session_id, p256dh = excluded.p256dh, auth = excluded.auth,
  name = excluded.name, created_at = case when push_device.person_id = excluded.person_id
    then push_device.created_at else excluded.created_at end
returning id, kind, name, created_at, taken_at, session_id
"""

LEAVE = """
delete from push_device where person_id = $1 and id not in (
  select id from push_device where person_id = $1 order by created_at desc, id desc limit $2)
"""


async def register_device(
    person_id: int,
    *,
    session_id: int,
    endpoint: str,
    p256dh: str,
    auth: str,
    name: str,
    hosts: Collection[str],
    wall: datetime,
) -> PushDevice:
    """Have a person's messages pushed to the endpoint for as long as the session lasts.

    The same endpoint again is the same device, and belongs to who registered it last. A person has
    at most DEVICES_MAX; the oldest gives way. Refuses EndpointRefused and PushKeysInvalid.
    """
    endpoint_host(endpoint, hosts=hosts)
    check_keys(p256dh, auth)
    async with transaction():
        found = await row(REGISTER, person_id, session_id, endpoint, p256dh, auth, name[:120], wall)
        await run(LEAVE, person_id, DEVICES_MAX)
    assert found is not None
    return PushDevice(**found)
