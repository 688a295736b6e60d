"""Put a strategy in force."""

from collections.abc import Mapping
from typing import Any

from domain.base import packed, run

from ._policy import policy_of


async def publish_strategy(code: str, document: Mapping[str, Any]) -> None:
    """Store the strategy document under its code, after reading it strictly (StrategyInvalid)."""
    policy_of(document)
    await run(
        """insert into strategy (code, document) values ($1, $2::jsonb)
           on conflict (code) do update set document = excluded.document""",
        code,
        packed(document),
    )
