"""Take a meter down and put another in its place (换表)."""

from datetime import datetime

from domain import accrual, audit, charge_control, command, customer, metering
from domain.base import Actor, row, transaction
from domain.metering import FurtherShown, NewMeter, NoSuchMeter, Registers

_AT_WORK = """
select account_id, usage_point_id, ratio from meter where id = $1 and removed_at is null
"""


async def exchange_meter(
    meter_id: int,
    new: NewMeter,
    *,
    removal: Registers,
    further: FurtherShown | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Exchange the meter in one act: removal read, new meter with its own registers and ratio.

    The period is charged by both: the old one up to its removal, the new one from its opening on.
    `further` is what the old one's further registers show.
    Returns the id of the new meter. Refuses with NoSuchMeter, ReadImplausible, SerialTaken,
    RatioRefused, DigitsRefused or RegistersRefused.
    """
    async with transaction():
        old = await row(_AT_WORK, meter_id)
        if old is None:
            raise NoSuchMeter(meter_id=meter_id)
        account_id = old["account_id"]
        await customer.lock([account_id])
        await metering.remove_meter(meter_id, removal=removal, further=further, now=now)
        await accrual.close_segment(meter_id)
        await command.detach(meter_id, now=now)
        new_id = await metering.install_meter(
            new, account_id=account_id, usage_point_id=old["usage_point_id"], now=now
        )
        await accrual.open_segment(new_id)
        await command.attach(new_id, account_id=account_id)
        await audit.note(
            actor, "EXCHANGE_METER", f"meter:{meter_id}", now=now, detail={"new_meter_id": new_id}
        )
        await _settle(account_id, now=now)
        return new_id


async def change_ratio(
    meter_id: int,
    *,
    ct: str,
    pt: str,
    shown: Registers,
    further: FurtherShown | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Put the meter behind other transformers (换变比): the period is charged by both ratios.

    `shown` is what its registers show at the change, `further` what further ones do. Returns the
    new ratio. Refuses with NoSuchMeter, ReadImplausible or RatioRefused.
    """
    async with transaction():
        meter = await row(_AT_WORK, meter_id)
        if meter is None:
            raise NoSuchMeter(meter_id=meter_id)
        await customer.lock([meter["account_id"]])
        ratio = await metering.set_ratio(
            meter_id, ct=ct, pt=pt, shown=shown, further=further, now=now
        )
        await accrual.close_segment(meter_id)
        await accrual.open_segment(meter_id)
        await audit.note(
            actor,
            "CHANGE_RATIO",
            f"meter:{meter_id}",
            now=now,
            detail={"before": meter["ratio"], "after": ratio},
        )
        await _settle(meter["account_id"], now=now)
        return ratio


async def _settle(account_id: int, *, now: datetime) -> None:
    await accrual.accrue([account_id], now=now)
    await charge_control.review(account_id, now=now)
