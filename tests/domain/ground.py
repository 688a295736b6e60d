"""A district with one account and two inspectors, for rooms that only need somebody to be there."""

from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from domain import base, customer, metering

PERSON = """
insert into person (phone, name, role, locale, district_id, active)
values ($1, '', $2, 'zh-CN', $3, true) returning id
"""


@dataclass(frozen=True)
class Ground:
    district_id: int
    account_id: int
    usage_point_id: int
    person_id: int
    inspectors: tuple[int, int]

    async def meter(self, *, now: datetime) -> int:
        return await metering.install_meter(
            metering.NewMeter(serial="1", rated_w=11_000),
            account_id=self.account_id,
            usage_point_id=self.usage_point_id,
            now=now,
        )


async def ground(*, now: datetime, phone: str = "13800000001", locale: str = "zh-CN") -> Ground:
    district_id = await customer.open_district("D1", name="西湖")
    opened = await customer.open_account(
        customer.NewAccount(
            number="3300001234",
            name="Wang",
            phone=phone,
            address="Road 1",
            tariff="T",
            strategy="S",
            locale=locale,
        ),
        district_id=district_id,
        now=now,
    )
    people = [
        await base.value(PERSON, f"1390000000{n}", role, district_id)
        for n, role in enumerate(("CUSTOMER", "INSPECTOR", "INSPECTOR"))
    ]
    return Ground(
        district_id, opened.account_id, opened.usage_point_id, people[0], (people[1], people[2])
    )


async def message_of(message_id: int) -> Any:
    """Return a message, with the columns of its row."""
    found = await base.row("select * from message where id = $1", message_id)
    assert found is not None
    return SimpleNamespace(**found)


async def tasks_of(person_id: int, *, done: bool = False) -> list[dict[str, Any]]:
    """Return a person's unfinished (or `done`) tasks, newest first."""
    found = await base.rows(
        "select * from task where assignee_id = $1 and (state = 'DONE') = $2 order by id desc",
        person_id,
        done,
    )
    return [each | {"detail": base.unpacked(each["detail"])} for each in found]
