"""The key by which push services know this deployment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from domain.base import row, run


@dataclass(frozen=True, slots=True)
class PushKey:
    """The deployment's VAPID key (RFC 8292): the public one is a base64url point."""

    public_key: str
    private_pem: str = field(repr=False)


PUSH_KEY = "select public_key, private_pem from push_key"


async def open_push_key(*, make: Callable[[], tuple[str, str]], wall: datetime) -> PushKey:
    """Return the key; the first worker to start has `make` give (public key, private PEM).

    It is kept for good: devices are registered with it.
    """
    found = await row(PUSH_KEY)
    if found is None:
        public_key, private_pem = make()
        await run(
            "insert into push_key (public_key, private_pem, created_at) values ($1, $2, $3)"
            " on conflict do nothing",
            public_key,
            private_pem,
            wall,
        )
        found = await row(PUSH_KEY)
    assert found is not None
    return PushKey(**found)
