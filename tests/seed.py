"""A small prepaid district to test in: one tariff, one strategy, accounts with a meter each."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from domain import (
    charge_control,
    command,
    customer,
    metering,
    notification,
    payment,
    tariff,
)
from domain.base import rows, value
from domain.command import SupplyState, Uplink
from domain.metering import Reading

TARIFF = "zhejiang-residential-tou"
STRATEGY = "residential-prepaid"
_numbers = count(1)


async def district(code: str = "D1", *, now: datetime) -> int:
    """Open a district with its tariff, its strategy and a channel that may credit its accounts."""
    if await value("select 1 from tariff_version where code = $1", TARIFF) is None:
        await tariff.publish(tariff.catalogued(TARIFF), now=now)
        await charge_control.publish_strategy(STRATEGY, charge_control.catalogued(STRATEGY))
    district_id = await customer.open_district(code, name="西湖")
    await payment.open_channel(
        f"bank-{code}",
        name="Bank",
        algorithm="hmac-sha256",
        key_id=f"key-{code}",
        key="secret",
        districts=[district_id],
    )
    return district_id


@dataclass
class Home:
    """An account and its meter, which reports when told to."""

    account_id: int
    number: str
    meter_id: int
    serial: str
    installed_at: datetime
    n: int = 0
    registers: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    supply: SupplyState = field(default_factory=lambda: SupplyState(1, 1))
    last_seq: int = 0

    def uplink(self, at: datetime, **changes: Any) -> Uplink:
        self.n += 1
        reading = Reading(self.meter_id, self.n, at, sum(self.registers), self.registers)
        made = {
            "meter_id": self.meter_id,
            "reading": reading,
            "supply": self.supply,
            "last_seq": self.last_seq,
            "reported_at": at,
            "address": "127.0.0.1:5683",
        }
        return Uplink(**made | changes)

    async def uses(self, peak_wh: int = 0, valley_wh: int = 0, *, at: datetime) -> None:
        """Report so much more consumption, and let the house compute what follows."""
        _, peak, _, valley, _ = self.registers
        self.registers = (0, peak + peak_wh, 0, valley + valley_wh, 0)
        await self.reports(at=at)

    async def reports(self, *, at: datetime) -> None:
        await command.hear([self.uplink(at)], now=at)
        while await charge_control.assess(limit=100, now=at):
            pass

    async def pays(
        self, fen: int, *, at: datetime, reference: str | None = None
    ) -> payment.Receipt:
        return await payment.settle(
            payment.Notice(
                channel="bank-D1",
                reference=reference or f"ref-{next(_numbers)}",
                amount_fen=fen,
                currency="CNY",
                paid_at=at,
                account=self.number,
            ),
            now=at,
        )

    async def available_fen(self) -> int:
        return await value(
            "select available_fen from account_position where account_id = $1", self.account_id
        )

    async def messages(self) -> list[dict[str, Any]]:
        return await rows(
            "select * from message where account_id = $1 order by id", self.account_id
        )

    async def commands(self) -> list[dict[str, Any]]:
        return await rows(
            "select * from command where account_id = $1 order by id", self.account_id
        )

    async def decisions(self) -> list[str]:
        found = await rows(
            "select verdict from decision where account_id = $1 order by id", self.account_id
        )
        return [each["verdict"] for each in found]


async def home(
    district_id: int, *, now: datetime, rated_w: int = 20_000, locale: str = "zh-CN", **changes: Any
) -> Home:
    """Open an account with a meter, enrolled in charge control."""
    k = next(_numbers)
    number, serial = f"33{k:08d}", f"M{k:08d}"
    opened = await customer.open_account(
        customer.NewAccount(
            number=number,
            name="王小明",
            phone=f"138{k:08d}",
            address="文三路 1 号",
            tariff=changes.get("tariff", TARIFF),
            strategy=changes.get("strategy", STRATEGY),
            locale=locale,
        ),
        district_id=district_id,
        now=now,
    )
    meter_id = await metering.install_meter(
        metering.NewMeter(serial=serial, rated_w=rated_w),
        account_id=opened.account_id,
        usage_point_id=opened.usage_point_id,
        now=now,
    )
    await charge_control.enrol(
        opened.account_id, now=now, opening_fen=changes.get("opening_fen", 0)
    )
    return Home(opened.account_id, number, meter_id, serial, now)


async def deliver_messages(*, at: datetime) -> None:
    """Let every queued message arrive now."""
    for found in await rows("select id from message where state = 'QUEUED' order by id"):
        sms = await notification.take(found["id"], now=at)
        if sms is not None:
            await notification.record_sent(sms.id, provider_id=f"p{sms.id}", now=at)
            await notification.record_receipt(f"p{sms.id}", delivered=True, at=at, now=at)
    for found in await rows("select account_id from account_position order by account_id"):
        await charge_control.review(found["account_id"], now=at)


HOUR = timedelta(hours=1)
