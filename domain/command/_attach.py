"""Follow the supply of a meter from its installation on."""

from domain.base import run


async def attach(meter_id: int, *, account_id: int) -> None:
    """Start to follow the meter's supply; until it reports, it counts as closed and on."""
    await run(
        "insert into supply (meter_id, account_id) values ($1, $2) on conflict do nothing",
        meter_id,
        account_id,
    )
