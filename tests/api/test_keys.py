"""What moves money or supply is done once for each idempotency key."""

from uuid import uuid4

import pytest

from domain.base import value
from tests.api.conftest import counted
from tests.api.walk import SCHEMA

MOVING = (
    "startPayment",
    "reportRepair",
    "protectAccount",
    "unprotectAccount",
    "setControlSwitch",
    "releaseBill",
    "startBillRun",
    "correctBills",
    "closeAccount",
    "refundAccount",
)


@pytest.mark.parametrize("name", MOVING)
def test_its_input_has_a_key_and_its_payload_says_whether_it_was_done_before(name):
    act = SCHEMA.mutation_type.fields[name]
    assert str(act.args["input"].type.of_type.fields["idempotencyKey"].type) == "UUID!"
    assert str(act.type.of_type.fields["replayed"].type) == "Boolean!"


async def test_asked_again_nothing_moves_and_the_first_answer_comes(town):
    given = {"number": town.home.number, "why": "dialysis", "key": str(uuid4())}
    first = (await town.operator.run("Protect", **given))["data"]["protectAccount"]
    assert (first["replayed"], first["userErrors"]) == (False, [])
    before = await counted("audit_entry", "command", "act_key")

    again = (await town.operator.run("Protect", **given))["data"]["protectAccount"]
    assert again == first | {"replayed": True}
    other = (await town.operator.run("Protect", **given | {"why": "x"}))["data"]["protectAccount"]
    assert [each["code"] for each in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert other["account"] is None
    assert await counted("audit_entry", "command", "act_key") == before
    assert await value("select protected_why from account where number = $1", town.home.number)


async def test_a_switch_is_told_as_it_is_when_asked_again(app):
    boss = await app.signed_in("13700000099", "OPERATOR")
    key = str(uuid4())
    first = await boss.run("Switch", name="SHADOW", on=True, key=key)
    assert first["data"]["setControlSwitch"]["on"] is True
    await boss.run("Switch", name="SHADOW", on=False)
    again = (await boss.run("Switch", name="SHADOW", on=True, key=key))["data"]["setControlSwitch"]
    assert (again["on"], again["replayed"]) == (False, True)
