"""An operator gives back what is left of a closed account; its customer sees it, nobody else."""

from uuid import uuid4

from domain import metering
from tests.api.conftest import counted
from tests.api.test_billing import block
from tests.domain.billing.homes import at

__all__ = ["block"]

TABLES = ("refund", "ledger_transfer", "audit_entry", "message")

SEEN = """query ($n: String!) { account(number: $n) {
  balance { prepaid { amount } refundable { amount } }
  refunds(first: 5) { totalCount edges { node { id number amount { amount } reference } } }
  messages(first: 1) { edges { node { kind } } } } }"""


async def closed(block) -> str:
    """Close the account and return what is left of its money."""
    one = block.own.seeded
    shown = {"total": "560.000", "peak": "405.000", "valley": "155.000"}
    reads = [{"meterSerial": one.serial, "registers": shown}]
    done = await block.operator.run("CloseAccount", account=one.number, reads=reads)
    return done["data"]["closeAccount"]["refundable"]["amount"]


async def refunded(caller, number: str, due: str, **changes: str) -> dict:
    given = {
        "accountNumber": number,
        "amount": due,
        "reference": "B-7391",
        "idempotencyKey": "0b1f2a9e-0000-4000-8000-000000000001",
    }
    answer = await caller.run("RefundAccount", input=given | changes)
    return answer["data"]["refundAccount"]


async def test_what_is_left_goes_back_once_and_its_customer_sees_it(block):
    left, number = await closed(block), block.own.seeded.number
    done = await refunded(block.operator, number, left)
    assert (done["userErrors"], done["replayed"]) == ([], False)
    assert done["refund"]["amount"]["amount"] == left
    assert done["account"]["balance"]["prepaid"]["amount"] == "0.00"
    before = await counted(*TABLES)
    again = await refunded(block.operator, number, left)
    assert (again["replayed"], again["refund"]) == (True, done["refund"])
    for changes in ({"reference": "B-7392"}, {"amount": "0.01"}):
        other = await refunded(block.operator, number, left, **changes)
        assert other["userErrors"][0]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await counted(*TABLES) == before

    seen = (await block.customer.send(SEEN, n=number))["data"]["account"]
    assert seen["refunds"]["totalCount"] == 1
    (line,) = [each["node"] for each in seen["refunds"]["edges"]]
    assert {name: line[name] for name in ("number", "reference")} == {
        "number": done["refund"]["number"],
        "reference": "B-7391",
    }
    assert seen["balance"]["refundable"]["amount"] == "0.00"
    assert seen["messages"]["edges"][0]["node"]["kind"] == "REFUNDED"
    query = "query ($id: ID!) { node(id: $id) { id ... on Refund { number } } }"
    for caller, is_seen in ((block.customer, True), (block.far_operator, False)):
        node = (await caller.send(query, id=line["id"]))["data"]["node"]
        assert (node is not None) == is_seen


async def test_what_cannot_be_refunded_is_refused_and_nothing_moves(block):
    number = block.own.seeded.number
    before = await counted(*TABLES)
    for caller, amount, changes, code in (
        (block.operator, "1.00", {}, "ACCOUNT_OPEN"),
        (block.far_operator, "1.00", {}, "ACCOUNT_UNKNOWN"),
        (block.operator, "1.00", {"reference": " "}, "REFERENCE_INVALID"),
        (block.operator, "1.001", {}, "AMOUNT_INVALID"),
        (block.operator, "0", {}, "NOT_REFUNDABLE"),
    ):
        answer = await refunded(caller, number, amount, **changes)
        assert [each["code"] for each in answer["userErrors"]] == [code]
    assert await counted(*TABLES) == before
    await closed(block)
    before = await counted(*TABLES)
    answer = await refunded(block.operator, number, "900.00", idempotencyKey=str(uuid4()))
    assert answer["userErrors"][0]["code"] == "NOT_REFUNDABLE"
    assert await counted(*TABLES) == before


async def test_operators_see_the_nightly_rounds(block):
    await metering.plan_rounds(now=at("2026-03-01", 10))
    answer = (await block.operator.run("ScheduledWork"))["data"]
    assert answer["meterRounds"] == [
        {
            "timezone": "Asia/Shanghai",
            "lookedOverUntil": "2026-02-28T16:00:00+00:00",
            "endedAt": None,
            "dueAt": "2026-03-01T18:30:00+00:00",
            "running": False,
        }
    ]
