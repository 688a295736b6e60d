"""Tortoise's models of the tables behind the two documents, with their relations."""

from collections.abc import Sequence

from tortoise import fields
from tortoise.fields.relational import (
    ForeignKeyField,
    ForeignKeyNullableRelation,
    ForeignKeyRelation,
    OneToOneField,
    OneToOneRelation,
    ReverseRelation,
)
from tortoise.models import Model


class Person(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    accesses: ReverseRelation["Access"]

    class Meta:
        table = "person"


class Access(Model):
    id = fields.BigIntField(primary_key=True)
    person: ForeignKeyRelation[Person] = ForeignKeyField("stock.Person", related_name="accesses")
    account: ForeignKeyRelation["Account"] = ForeignKeyField(
        "stock.Account", related_name="accesses"
    )

    class Meta:
        table = "account_access"


class Account(Model):
    id = fields.BigIntField(primary_key=True)
    number = fields.TextField()
    name = fields.TextField()
    accesses: ReverseRelation[Access]
    position: OneToOneRelation["Position"]
    meters: Sequence["Meter"]
    messages: Sequence["Message"]
    payments: Sequence["Payment"]
    repair_requests: Sequence["RepairRequest"]
    bills: ReverseRelation["Bill"]

    class Meta:
        table = "account"


class Position(Model):
    account: OneToOneRelation[Account] = OneToOneField(
        "stock.Account", related_name="position", primary_key=True
    )
    available_fen = fields.BigIntField()
    prepaid_fen = fields.BigIntField()
    receivable_fen = fields.BigIntField()
    late_fee_fen = fields.BigIntField()
    unbilled_fen = fields.BigIntField()
    unbilled_wh = fields.BigIntField()
    daily_fen = fields.BigIntField()
    as_of = fields.DatetimeField(null=True)

    class Meta:
        table = "account_position"


class Meter(Model):
    id = fields.BigIntField(primary_key=True)
    account: ForeignKeyRelation[Account] = ForeignKeyField("stock.Account", related_name="meters")
    removed_at = fields.DatetimeField(null=True)
    supply: OneToOneRelation["Supply"]

    class Meta:
        table = "meter"


class Supply(Model):
    meter: OneToOneRelation[Meter] = OneToOneField(
        "stock.Meter", related_name="supply", primary_key=True
    )
    output_state = fields.SmallIntField()
    control_state = fields.SmallIntField()
    reported_at = fields.DatetimeField(null=True)

    class Meta:
        table = "supply"


class Message(Model):
    id = fields.BigIntField(primary_key=True)
    account: ForeignKeyRelation[Account] = ForeignKeyField("stock.Account", related_name="messages")
    kind = fields.TextField()
    text = fields.TextField()
    state = fields.TextField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "message"


class MessageMark(Model):
    # The key has two columns, which Tortoise does not know.
    account_id = fields.BigIntField(primary_key=True)
    person_id = fields.BigIntField()
    through_id = fields.BigIntField()

    class Meta:
        table = "message_mark"


class Payment(Model):
    id = fields.BigIntField(primary_key=True)
    account: ForeignKeyRelation[Account] = ForeignKeyField("stock.Account", related_name="payments")
    receipt = fields.TextField()
    amount_fen = fields.BigIntField()
    paid_at = fields.DatetimeField()

    class Meta:
        table = "payment"


class Task(Model):
    id = fields.BigIntField(primary_key=True)
    state = fields.TextField()

    class Meta:
        table = "task"


class RepairRequest(Model):
    id = fields.BigIntField(primary_key=True)
    account: ForeignKeyRelation[Account] = ForeignKeyField(
        "stock.Account", related_name="repair_requests"
    )
    number = fields.TextField()
    kind = fields.TextField()
    answer = fields.TextField()
    task: ForeignKeyNullableRelation[Task] = ForeignKeyField(
        "stock.Task", related_name="repair_requests", null=True
    )
    created_at = fields.DatetimeField()

    class Meta:
        table = "repair_request"


class Bill(Model):
    id = fields.BigIntField(primary_key=True)
    account: ForeignKeyRelation[Account] = ForeignKeyField("stock.Account", related_name="bills")
    state = fields.TextField()
    first_day = fields.DateField()
    until = fields.DateField()
    total_fen = fields.BigIntField(null=True)
    energy_wh = fields.BigIntField()
    issued_at = fields.DatetimeField(null=True)
    lines: Sequence["BillLine"]

    class Meta:
        table = "bill"


class BillLine(Model):
    # The key has three columns, which Tortoise does not know; nothing here asks for a line by it.
    n = fields.SmallIntField(primary_key=True)
    bill: ForeignKeyRelation[Bill] = ForeignKeyField("stock.Bill", related_name="lines")
    line = fields.TextField()
    period = fields.TextField(null=True)
    tier = fields.SmallIntField(null=True)
    quantity = fields.BigIntField()
    unit = fields.TextField()
    price = fields.BigIntField()
    amount_fen = fields.BigIntField()

    class Meta:
        table = "bill_line"
