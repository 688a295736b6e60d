"""Operators start bill runs, correct bills and close accounts, in their own districts only."""

from domain import billing
from domain.base import run, value
from domain.outbox import Fact
from tests.api.conftest import counted
from tests.api.test_billing import block
from tests.domain.billing.homes import at
from workers.jobs import Tools, announce_bills, announce_correction, run_bills

__all__ = ["block"]


async def facts(topic: str) -> list[Fact]:
    from domain.base import rows, unpacked

    found = await rows("select id, topic, payload from outbox where topic = $1 order by id", topic)
    return [Fact(each["id"], topic, unpacked(each["payload"]), 1) for each in found]


async def test_an_operator_starts_a_run_the_worker_does_it_and_its_progress_is_seen(block):
    for one in (block.own, block.other):
        await one.read(at("2026-03-01"), peak_wh=500_000, valley_wh=200_000)
    answer = (await block.operator.run("StartBillRun"))["data"]["startBillRun"]
    assert answer["userErrors"] == []
    started = answer["billRun"]
    assert (started["accounts"], started["endedAt"]) == (0, None)
    assert started["askedBy"] == "Test"
    again = (await block.operator.run("StartBillRun", district="D1"))["data"]["startBillRun"]
    assert again["billRun"]["id"] == started["id"]

    for fact in await facts("bill_run.asked"):
        await run_bills(Tools(), [fact])
    seen = (await block.operator.run("BillRunProgress", id=started["id"]))["data"]["node"]
    assert (seen["accounts"], seen["issued"], seen["held"]) == (2, 2, 0)
    assert seen["endedAt"] is not None
    assert (await block.far_operator.run("BillRunProgress", id=started["id"]))["data"] == {
        "node": None
    }
    fresh = (await block.operator.run("StartBillRun"))["data"]["startBillRun"]["billRun"]
    assert fresh["id"] != started["id"]


async def test_a_run_of_another_district_is_refused_and_nothing_is_asked_for(block):
    before = await counted("bill_run", "outbox", "audit_entry")
    for caller, district in (
        (block.far_operator, "D1"),
        (block.operator, "nowhere"),
        (block.chief, "nowhere"),
    ):
        answer = (await caller.run("StartBillRun", district=district))["data"]["startBillRun"]
        assert answer["userErrors"][0]["code"] == "UNKNOWN_DISTRICT"
    refused = await block.customer.run("StartBillRun")
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await counted("bill_run", "outbox", "audit_entry") == before


async def test_bills_and_corrections_are_told_to_the_customer_once(block):
    for _ in range(2):
        await announce_bills(Tools(), await facts("bills.issued"))
    told = "select count(*) from message where account_id = $1 and kind = $2"
    assert await value(told, block.own.account_id, "BILL_ISSUED") == 1
    text = await value(
        "select text from message where account_id = $1 and kind = 'BILL_ISSUED'",
        block.own.account_id,
    )
    total = await value("select total_fen from bill where account_id = $1", block.own.account_id)
    assert f"2026-01-01至2026-01-31的电费账单已出：用电400千瓦时，电费{total // 100}." in text

    await run(
        "update reading set total_wh = total_wh - 1000, peak_wh = peak_wh - 1000"
        " where meter_id = $1 and measured_at = $2",
        block.own.seeded.meter_id,
        at("2026-02-01"),
    )
    given = {"account": block.own.seeded.number, "since": "2026-01-05", "why": "misread"}
    done = (await block.operator.run("CorrectBills", **given))["data"]["correctBills"]
    assert (done["userErrors"], done["difference"]["amount"]) == ([], "-0.57")
    assert [each["state"] for each in done["reversed"]] == ["REVERSED"]
    assert [each["state"] for each in done["replacements"]] == ["ISSUED"]
    for _ in range(2):
        await announce_correction(Tools(), await facts("bills.corrected"))
    assert await value(told, block.own.account_id, "BILL_CORRECTED") == 1
    assert await value(told, block.own.account_id, "BILL_ISSUED") == 1
    seen = (await block.customer.run("Bills", number=block.own.seeded.number))["data"]["account"]
    kinds = [(e["node"]["kind"], e["node"]["state"]) for e in seen["bills"]["edges"]]
    assert sorted(kinds) == [("BILL", "ISSUED"), ("BILL", "REVERSED"), ("REVERSAL", "ISSUED")]
    foreign = (await block.far_operator.run("CorrectBills", **given))["data"]["correctBills"]
    assert foreign["userErrors"][0]["code"] == "ACCOUNT_UNKNOWN"


async def test_an_operator_closes_an_account(block):
    one = block.own.seeded
    shown = {"total": "560.000", "peak": "405.000", "valley": "155.000"}
    given = {"account": one.number, "reads": [{"meterSerial": one.serial, "registers": shown}]}
    before = await counted("bill", "reading", "audit_entry")
    for caller, changes, code in (
        (block.far_operator, {}, "ACCOUNT_UNKNOWN"),
        (block.operator, {"reads": []}, "LAST_READ_MISSING"),
    ):
        answer = (await caller.run("CloseAccount", **given | changes))["data"]["closeAccount"]
        assert answer["userErrors"][0]["code"] == code
    assert await counted("bill", "reading", "audit_entry") == before
    done = (await block.operator.run("CloseAccount", **given))["data"]["closeAccount"]
    assert (done["userErrors"], done["lastBill"]["state"]) == ([], "ISSUED")
    spent = await value("select sum(total_fen) from bill where account_id = $1", one.account_id)
    left = 50_000 - int(spent)
    assert done["refundable"]["amount"] == f"{left // 100}.{left % 100:02}"
    assert done["owed"]["amount"] == "0.00"
    assert done["account"]["closedAt"] is not None
    assert done["account"]["balance"]["refundable"] == {"amount": done["refundable"]["amount"]}
    query = """query ($n: String!) {
      account(number: $n) { closedAt balance { available { amount } refundable { amount } } } }"""
    for who, refundable in ((block.own, done["refundable"]["amount"]), (block.other, None)):
        seen = await block.operator.send(query, n=who.seeded.number)
        found = seen["data"]["account"]
        assert (found["closedAt"] is None) == (refundable is None)
        assert (found["balance"]["refundable"] or {}).get("amount") == refundable
    again = (await block.operator.run("CloseAccount", **given))["data"]["closeAccount"]
    assert again["userErrors"][0]["code"] == "ACCOUNT_CLOSED"
    assert (await billing.runs_of(limit=1))[0].held == 0
