"""The district of the chain bench: meters that report, and meters that were cut off."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auth import SigningIdentity
from devices.simulator import Load, Plan
from domain import charge_control, customer, identity, metering, payment, tariff
from domain.base import transaction

CHANNEL = SigningIdentity("hmac-sha256", "bench-pay", "not a secret: it pays play money only")
CHANNEL_CODE = "bench-pay"
CUSTOMER = "13800000001"

_TARIFF, _STRATEGY = "zhejiang-residential-tou", "bench-at-once"
_RATED_W = 13_200
_HOURLY_WH = 2_000
_PEAK = 1
_RICH_FEN = 100_000

# Every step of the law is taken, none of them makes anybody wait.
_AT_ONCE: dict[str, Any] = {
    "name": "Bench: no lead time, trips at any hour",
    "source": "For measuring only.",
    "alarm": {"at_fen": 0, "days": 0, "rearm_above_fen": 0},
    "notice": {"at_fen": 0, "lead_minutes": 0},
    "final_notice": {"lead_minutes": 0},
    "trip": {
        "at_fen": 0,
        "from": "00:00",
        "until": "23:59:59.999999",
        "days": "ALL",
        "fresh_minutes": 600,
        "per_episode": 1,
        "per_district_hour": 1_000_000,
    },
    "restore": {"above_fen": 0},
}


@dataclass(frozen=True, slots=True)
class Home:
    """An account with its meter."""

    account_id: int
    number: str
    serial: str


async def found_district(
    count: int, *, opened_at: datetime
) -> tuple[tuple[Home, ...], tuple[Home, ...]]:
    """Open `count` accounts with money, and as many without, which will be cut off at once."""
    async with transaction():
        await tariff.publish(tariff.catalogued(_TARIFF), now=opened_at)
        await charge_control.publish_strategy(_STRATEGY, _AT_ONCE)
        district_id = await customer.open_district("B1", name="Bench")
        await payment.open_channel(
            CHANNEL_CODE,
            name="Bench",
            algorithm=CHANNEL.algorithm,
            key_id=CHANNEL.key_id,
            key=CHANNEL.key,
            districts=[district_id],
        )
        person_id = await identity.enrol(CUSTOMER, role="CUSTOMER", name="Bench")
    homes: list[Home] = []
    for k in range(2 * count):
        async with transaction():
            home = await _open(k, district_id, opened_at=opened_at)
            opening_fen = _RICH_FEN if k < count else 0
            await charge_control.enrol(home.account_id, now=opened_at, opening_fen=opening_fen)
            await identity.grant_access(person_id, home.account_id)
        homes.append(home)
    return tuple(homes[:count]), tuple(homes[count:])


async def _open(k: int, district_id: int, *, opened_at: datetime) -> Home:
    number, serial = f"99{k + 1:08d}", f"BM{k + 1:08d}"
    opened = await customer.open_account(
        customer.NewAccount(
            number=number,
            name="Bench",
            phone=f"1381{k:07d}",
            address="Bench",
            tariff=_TARIFF,
            strategy=_STRATEGY,
        ),
        district_id=district_id,
        now=opened_at,
    )
    await metering.install_meter(
        metering.NewMeter(serial, _RATED_W),
        account_id=opened.account_id,
        usage_point_id=opened.usage_point_id,
        now=opened_at,
    )
    return Home(opened.account_id, number, serial)


def plan(home: Home, *, installed_at: datetime) -> Plan:
    """Return the home's meter: always awake, with a steady load."""
    return Plan(
        home.serial,
        Load((_HOURLY_WH,), installed_at, lambda _: _PEAK),
        installed_at=installed_at,
    )
