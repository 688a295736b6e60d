"""A new customer account with its agreement, its contact and its usage point."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.base import Refusal, transaction

from .models import Account, Agreement, Contact, District, UsagePoint


class AccountNumberTaken(Refusal):
    """The account number is in use."""

    code = "ACCOUNT_NUMBER_TAKEN"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is needed to open an account; `tariff` and `strategy` are codes of documents."""

    number: str
    name: str
    phone: str
    address: str
    tariff: str
    strategy: str
    locale: str = "zh-CN"


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    """The ids of an account and of its one usage point."""

    account_id: int
    usage_point_id: int


async def open_account(new: NewAccount, *, district_id: int, now: datetime) -> OpenedAccount:
    """Open an account in a district; its agreement starts on the day of `now` in the zone."""
    async with transaction():
        if await Account.exists(number=new.number):
            raise AccountNumberTaken(number=new.number)
        district = await District.get(id=district_id)
        account = await Account.create(
            number=new.number,
            district_id=district_id,
            name=new.name,
            locale=new.locale,
            strategy=new.strategy,
            opened_at=now,
        )
        await Agreement.create(
            account_id=account.id,
            tariff_code=new.tariff,
            valid_from=now.astimezone(ZoneInfo(district.timezone)).date(),
        )
        await Contact.create(account_id=account.id, phone=new.phone)
        point = await UsagePoint.create(account_id=account.id, address=new.address)
        return OpenedAccount(account.id, point.id)
