"""The schema: rows are fetched with all that belongs to them, then told."""

from datetime import datetime

import strawberry
from strawberry.types import Info
from tortoise.query_utils import Prefetch

from cli.bench.graphql._written import opaque
from runtime import clock

from . import _models as models
from ._types import (
    Balance,
    Bill,
    Connection,
    Message,
    Payment,
    RepairRequest,
    Supply,
    page,
)

_SHOWN = ("ISSUED", "REVERSED")
_COUNTED_MAX = 100


def _is_open(found: models.RepairRequest) -> bool:
    return found.task is not None and found.task.state != "DONE"


@strawberry.type
class Account:
    row: strawberry.Private[models.Account]
    number: str
    name: str

    @classmethod
    def of(cls, found: models.Account) -> "Account":
        return cls(row=found, number=found.number, name=found.name)

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(opaque("Account", self.row.id))

    @strawberry.field
    def balance(self) -> Balance:
        return Balance.of(self.row.position)

    @strawberry.field
    def supply(self) -> Supply:
        return Supply.of(self.row.meters[0].supply)

    @strawberry.field
    def messages(self, first: int) -> Connection[Message]:
        return page([Message.of(each) for each in self.row.messages[:first]])

    @strawberry.field
    def payments(self, first: int) -> Connection[Payment]:
        return page([Payment.of(each) for each in self.row.payments[:first]])

    @strawberry.field
    async def unread_messages(self, info: Info[dict[str, int], None]) -> int:
        mark = await models.MessageMark.get_or_none(
            account_id=self.row.id, person_id=info.context["who"]
        )
        read: int = mark.through_id if mark else 0
        unread = [each for each in self.row.messages if each.id > read]
        return min(len(unread), _COUNTED_MAX)

    @strawberry.field
    def open_repair_requests(self, first: int) -> Connection[RepairRequest]:
        found = [each for each in self.row.repair_requests if _is_open(each)]
        return page([RepairRequest.of(each) for each in found[:first]])

    @strawberry.field
    async def bills(self, first: int) -> Connection[Bill]:
        found = await (
            self.row.bills
            .filter(state__in=_SHOWN)
            .order_by("-id")
            .limit(first)
            .prefetch_related(Prefetch("lines", models.BillLine.all().order_by("n")))
        )
        return page([Bill.of(each) for each in found])


@strawberry.type
class Viewer:
    name: str
    person_id: strawberry.Private[int]

    @strawberry.field
    def server_time(self) -> datetime:
        return clock.now()

    @strawberry.field
    async def accounts(self, first: int) -> Connection[Account]:
        found = await (
            models.Account
            .filter(accesses__person_id=self.person_id)
            .order_by("id")
            .limit(first)
            .prefetch_related(
                "position",
                Prefetch("meters", models.Meter.filter(removed_at=None).order_by("id")),
                "meters__supply",
                Prefetch("messages", models.Message.all().order_by("-id")),
                Prefetch("payments", models.Payment.all().order_by("-id")),
                Prefetch(
                    "repair_requests",
                    models.RepairRequest.filter(task_id__not_isnull=True).order_by("-id"),
                ),
                "repair_requests__task",
            )
        )
        return page([Account.of(each) for each in found])


@strawberry.type
class Query:
    @strawberry.field
    async def viewer(self, info: Info[dict[str, int], None]) -> Viewer:
        person = await models.Person.get(id=info.context["who"])
        return Viewer(name=person.name, person_id=person.id)

    @strawberry.field
    async def account(self, info: Info[dict[str, int], None], number: str) -> Account | None:
        found = await models.Account.get_or_none(
            number=number, accesses__person_id=info.context["who"]
        )
        return None if found is None else Account.of(found)
