"""The demo's district: accounts, people, a payment channel, and the meters that belong to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from auth import SigningIdentity, sealed
from cli._calendar import chinese_days
from devices.codec import Mode
from devices.simulator import Load, Plan
from domain import charge_control, customer, identity, metering, payment, tariff
from domain.base import transaction

from ._households import ZONE, from_season, households, period_of

TARIFF, STRATEGY = "zhejiang-residential-tou", "residential-prepaid"
CHANNEL = SigningIdentity("hmac-sha256", "demo-pay-2026", "not a secret: it pays play money only")
CHANNEL_CODE = "demo-pay"
REPORT_EVERY = timedelta(hours=2)
STARTS_AT = datetime(2026, 3, 2, tzinfo=ZONE)  # a Monday
CUSTOMER, INSPECTOR, OPERATOR = "13800000001", "13900000001", "13700000001"

_EVERY_THIRD = 2
_RATED_W = 13_200  # 60 A at 220 V
_NAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"


class Temper(StrEnum):
    """How the people of an account deal with messages."""

    PROMPT = "PROMPT"
    """Pays half a day after the alarm."""
    LATE = "LATE"
    """Pays some hours after the notice."""
    FORGETFUL = "FORGETFUL"
    """Pays only when the light is out."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo."""

    account_id: int
    number: str
    serial: str
    temper: Temper
    awake: bool


async def found_district(count: int, *, locale: str) -> list[DemoAccount]:
    """Publish tariff and strategy, open the district, its channel, its people and its accounts."""
    async with transaction():
        await tariff.publish(tariff.catalogued(TARIFF), now=STARTS_AT)
        await charge_control.publish_strategy(STRATEGY, charge_control.catalogued(STRATEGY))
        await charge_control.set_calendar("CN", chinese_days(STARTS_AT.year))
        district_id = await customer.open_district("330106", name="西湖 Xihu")
        await payment.open_channel(
            CHANNEL_CODE,
            name="演示支付 Demo Pay",
            algorithm=CHANNEL.algorithm,
            key_id=CHANNEL.key_id,
            key=sealed(CHANNEL.key),
            districts=[district_id],
        )
        await identity.enrol(
            INSPECTOR, role="INSPECTOR", name="巡检员", district_id=district_id, locale=locale
        )
        await identity.enrol(
            OPERATOR, role="OPERATOR", name="值班员", district_id=district_id, locale=locale
        )
        accounts = [await _open(k, district_id, locale=locale) for k in range(count)]
        person_id = await identity.enrol(CUSTOMER, role="CUSTOMER", name="王", locale=locale)
        await identity.grant_access(person_id, accounts[0].account_id)
        return accounts


async def _open(k: int, district_id: int, *, locale: str) -> DemoAccount:
    number, serial = f"3301{k + 1:08d}", f"FK{k + 1:08d}"
    opened = await customer.open_account(
        customer.NewAccount(
            number=number,
            name=f"{_NAMES[k % len(_NAMES)]}先生",
            phone=CUSTOMER if k == 0 else f"1381{k:07d}",
            address=f"文三路 {k + 1} 号",
            tariff=TARIFF,
            strategy=STRATEGY,
            locale=locale,
        ),
        district_id=district_id,
        now=STARTS_AT,
    )
    await metering.install_meter(
        metering.NewMeter(serial, _RATED_W),
        account_id=opened.account_id,
        usage_point_id=opened.usage_point_id,
        now=STARTS_AT,
    )
    # From 40 to 135 yuan: the first balances run out on the third day, the others follow.
    opening_fen = 4_000 + 500 * (k % 20)
    await charge_control.enrol(opened.account_id, now=STARTS_AT, opening_fen=opening_fen)
    tempers = (Temper.FORGETFUL, Temper.FORGETFUL, Temper.LATE, Temper.PROMPT)
    asleep = k % 3 == _EVERY_THIRD
    return DemoAccount(opened.account_id, number, serial, tempers[k % 4], awake=not asleep)


def plans(accounts: list[DemoAccount]) -> list[Plan]:
    """Return the meters of these accounts; every third one sleeps between its reports."""
    homes = households()
    return [
        Plan(
            serial=account.serial,
            load=Load(
                from_season(homes[k % len(homes)], STARTS_AT, weeks_later=4 * (k // len(homes))),
                STARTS_AT,
                period_of,
            ),
            mode=Mode.DRX if account.awake else Mode.PSM,
        )
        for k, account in enumerate(accounts)
    ]
