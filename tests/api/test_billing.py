"""Bills, forecast, tariff and what-if in the app; held bills, tariffs, readings on the desk."""

import json
from dataclasses import dataclass
from datetime import date

import pytest

from api.graphql.node import global_id
from domain import billing, metering, tariff
from domain.base import Actor, run, value
from domain.metering import Reading
from tests import seed
from tests.api.conftest import App, counted
from tests.api.statements import statements
from tests.domain.billing import homes
from tests.domain.billing.homes import OPENED, Home, at, bill, home, publish


@dataclass
class Block:
    """Two homes that were billed for January, and whoever looks at them."""

    district_id: int
    own: Home
    other: Home
    customer: App
    operator: App
    far_operator: App
    chief: App
    checker: App


@pytest.fixture
async def block(app) -> Block:
    district_id = await seed.district("D1", now=OPENED)
    far = await seed.district("D2", now=OPENED)
    own, other = await home(district_id, fen=50_000), await home(district_id, fen=50_000)
    for one in (own, other):
        await one.read(at("2026-02-01"), peak_wh=300_000, valley_wh=100_000)
    await bill("2026-02-01")
    for one in (own, other):
        await one.read(at("2026-02-20"), peak_wh=400_000, valley_wh=150_000)
    return Block(
        district_id,
        own,
        other,
        await app.signed_in("13900000001", "CUSTOMER", accounts=[own.account_id]),
        await app.signed_in("13900000002", "OPERATOR", district_id=district_id),
        await app.signed_in("13900000003", "OPERATOR", district_id=far),
        await app.signed_in("13900000004", "OPERATOR"),
        await app.signed_in("13900000005", "OPERATOR"),
    )


async def corrected(block: Block) -> None:
    """Let a kWh less have been read at January's end, and the own home's bill be corrected."""
    await run(
        "update reading set total_wh = total_wh - 1000, peak_wh = peak_wh - 1000"
        " where meter_id = $1 and measured_at = $2",
        block.own.seeded.meter_id,
        at("2026-02-01"),
    )
    await billing.correct(
        block.own.account_id,
        since=date(2026, 1, 1),
        why="misread",
        actor=Actor("OPERATOR", 7),
        now=at("2026-02-20"),
    )


async def held(block: Block) -> str:
    """Let the own home's February be held as a spike, and return the bill's id."""
    await block.own.read(at("2026-03-01"), peak_wh=700_000, valley_wh=200_000)
    await bill("2026-03-01", checks=billing.Checks(spike_times=1, spike_from_wh=0, spike_bills=1))
    return str(
        global_id(
            "Bill", await value("select id from bill where state = 'HELD' order by id limit 1")
        )
    )


async def test_a_customer_reads_a_bill_down_to_its_registers(block):
    number = block.own.seeded.number
    bills = (await block.customer.run("Bills", number=number))["data"]["account"]["bills"]
    assert bills["totalCount"] == 1
    (edge,) = bills["edges"]
    one = (await block.customer.run("OneBill", id=edge["node"]["id"]))["data"]["node"]
    path = f"/bills/{one['number']}"
    assert (one["pdfPath"], one["jsonPath"]) == (f"{path}.pdf", f"{path}.json")
    assert (one["kind"], one["state"], one["firstDay"], one["until"]) == (
        "BILL",
        "ISSUED",
        "2026-01-01",
        "2026-02-01",
    )
    assert one["energy"] == "400.000"
    fen = [int(line["amount"]["amount"].replace(".", "")) for line in one["lines"]]
    assert sum(fen) == int(one["total"]["amount"].replace(".", ""))
    assert {line["tariff"] for line in one["lines"]} == {seed.TARIFF}
    assert one["recomputed"] == {"same": True, "total": one["total"]}
    (part,) = one["parts"]
    (span,) = part["registers"]
    assert (span["meterSerial"], span["first"], span["last"]) == (
        block.own.seeded.serial,
        "0.000",
        "400.000",
    )


async def test_a_bill_tells_the_tax_that_its_prices_contain(block):
    vat = {"kind": "tax", "percent": "13", "included": True}
    await publish(homes.document("taxed", {"kind": "energy", "price": "0.50"}, vat))
    one = await home(block.district_id, code="taxed", fen=50_000)
    await one.read(at("2026-02-01"), peak_wh=226_000)
    await bill("2026-02-01")
    ((bill_id, total),) = [(each["id"], each["total_fen"]) for each in await one.bills()]
    found = await block.operator.run("OneBill", id=global_id("Bill", bill_id))
    told = [
        (line["rule"], line["amount"]["amount"], line["contained"]["amount"])
        for line in found["data"]["node"]["lines"]
    ]
    assert told == [("energy", "113.00", "0.00"), ("tax", "0.00", "13.00")]
    assert total == 113_00


async def test_a_line_is_called_as_its_tariff_calls_it_in_the_language_of_the_caller(block, app):
    titles = {"grid": "输配电费 / Transmission", "fund": "政府性基金", "other": ""}
    charges = [
        {"line": line, "kind": "energy", "price": "0.5", **({"title": title} if title else {})}
        for line, title in titles.items()
    ]
    await publish(homes.document("titled", *charges))
    one = await home(block.district_id, code="titled", fen=50_000)
    await one.read(at("2026-02-01"), peak_wh=10_000)
    await bill("2026-02-01")
    bill_id = global_id("Bill", (await one.bills())[0]["id"])
    days = {"firstDay": "2026-01-01", "until": "2026-02-01"}
    told = "query Told($number: String!) { account(number: $number) { bills { edges { node {"
    told += " lines { line title firstDay until tariff tariffVersion } } } } } }"
    for phone, locale, names in (
        ("13900000021", "zh-CN", ["输配电费", "政府性基金", None]),
        ("13900000022", "en", ["Transmission", "政府性基金", None]),
    ):
        caller = await app.signed_in(phone, "CUSTOMER", locale=locale, accounts=[one.account_id])
        found = await caller.run("OneBill", id=bill_id)
        lines = found["data"]["node"]["lines"]
        assert [line["title"] for line in lines] == names
        written = await caller.send(told, number=one.seeded.number)
        (edge,) = written["data"]["account"]["bills"]["edges"]
        named = edge["node"]["lines"]
        assert named == [{name: line[name] for name in named[0]} for line in lines]
        would = await caller.run("WhatIf", number=one.seeded.number, tariff="titled", **days)
        assert [line["title"] for line in would["data"]["account"]["whatIf"]["lines"]] == names


async def test_a_corrected_bill_shows_its_reversal_and_its_replacement(block):
    await corrected(block)
    number = block.own.seeded.number
    found = (await block.customer.run("Bills", number=number))["data"]["account"]["bills"]
    nodes = [edge["node"] for edge in found["edges"]]
    (first,) = [node for node in nodes if node["state"] == "REVERSED"]
    assert {first["reversal"]["id"], first["replacement"]["id"]} < {node["id"] for node in nodes}
    back = (await block.customer.run("OneBill", id=first["reversal"]["id"]))["data"]["node"]
    assert (back["kind"], back["original"]["id"]) == ("REVERSAL", first["id"])
    assert back["recomputed"]["same"]


async def test_bills_of_others_and_held_ones_are_not_there(block):
    held_id = await held(block)
    other = await value("select id from bill where account_id = $1", block.other.account_id)
    for foreign in (held_id, global_id("Bill", other), global_id("Bill", 10**17)):
        assert await block.customer.run("OneBill", id=foreign) == {"data": {"node": None}}
        assert await block.far_operator.run("OneBill", id=foreign) == {"data": {"node": None}}
    assert (await block.operator.run("OneBill", id=held_id))["data"]["node"]["state"] == "HELD"


async def test_what_the_month_will_cost_is_told_with_its_method(block):
    answer = await block.customer.run("Forecast", number=block.own.seeded.number)
    found = answer["data"]["account"]["forecast"]
    assert (found["firstDay"], found["until"]) == ("2026-02-01", "2026-03-01")
    assert found["method"] == "AVERAGE_OF_LAST_28_DAYS"
    assert float(found["energy"]) > 150


async def test_the_tariff_in_force_tells_prices_hours_and_how_far_the_tiers_are(block):
    answer = await block.customer.run("AccountTariff", number=block.own.seeded.number)
    found = answer["data"]["account"]["tariff"]
    assert (found["code"], found["tier"], found["tierUsed"]) == (seed.TARIFF, 1, "550.000")
    assert found["tiers"][-1]["upTo"] is None
    assert (found["tierCycleSince"], found["tierCycleUntil"]) == ("2026-01-01", "2027-01-01")
    assert {price["period"] for price in found["prices"]} >= {"peak", "valley"}
    for day in found["days"]:
        assert (day["hours"][0]["since"], day["hours"][-1]["until"]) == ("00:00", "24:00")


async def test_a_tariff_is_named_in_the_language_of_the_caller(block, app):
    ids = [block.own.account_id]
    english = await app.signed_in("13900000023", "CUSTOMER", locale="en", accounts=ids)
    for caller, name in (
        (block.customer, "浙江居民生活用电 一户一表 峰谷分时"),
        (english, "Zhejiang residential, time-of-use with calendar-year tiers"),
    ):
        query = (
            "query ($number: String!) { account(number: $number) { tariff { name }"
            " bills(first: 1) { edges { node { parts { tariffName } } } } } }"
        )
        for _ in range(3):  # what comes again goes a shorter way
            found = await caller.send(query, number=block.own.seeded.number)
            account = found["data"]["account"]
            (edge,) = account["bills"]["edges"]
            assert account["tariff"]["name"] == name
            assert {part["tariffName"] for part in edge["node"]["parts"]} == {name}


async def test_what_if_under_the_same_tariff_is_the_bill_itself(block):
    number, given = block.own.seeded.number, {"firstDay": "2026-01-01", "until": "2026-02-01"}
    answer = await block.customer.run("WhatIf", number=number, tariff=seed.TARIFF, **given)
    found = answer["data"]["account"]["whatIf"]
    total = await value("select total_fen from bill where account_id = $1", block.own.account_id)
    assert found["total"]["amount"] == f"{total // 100}.{total % 100:02}"
    assert found["refused"] is None
    unknown = await block.customer.run("WhatIf", number=number, tariff="nobody", **given)
    refused = unknown["data"]["account"]["whatIf"]
    assert (refused["total"], refused["refused"]["code"]) == (None, "NO_TARIFF")
    for until in ("2026-04-01", "9999-12-31"):
        beyond = given | {"until": until}
        answer = await block.customer.run("WhatIf", number=number, tariff=seed.TARIFF, **beyond)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_series_by_months_holds_what_was_billed(block):
    answer = await block.customer.run(
        "UsageByMonth", number=block.own.seeded.number, since=OPENED.isoformat()
    )
    usage = answer["data"]["account"]["usage"]
    assert [each["energy"] for each in usage] == ["400.000", "150.000"]


async def test_an_operator_releases_and_cancels_held_bills(block):
    held_id = await held(block)
    desk = (await block.operator.run("BillingDesk"))["data"]
    assert held_id in [edge["node"]["id"] for edge in desk["heldBills"]["edges"]]
    assert (await block.far_operator.run("BillingDesk"))["data"]["heldBills"]["edges"] == []
    assert len((await block.chief.run("BillingDesk"))["data"]["billRuns"]["edges"]) == 2

    before = await counted("audit_entry", "ledger_transfer")
    for caller, why, code in (
        (block.far_operator, "x", "UNKNOWN_BILL"),
        (block.operator, " ", "WHY_MISSING"),
        (block.operator, "x" * 201, "TEXT_TOO_LONG"),
    ):
        for act, answer in (("ReleaseBill", "releaseBill"), ("CancelBill", "cancelBill")):
            found = (await caller.run(act, id=held_id, why=why))["data"][answer]
            assert (found["bill"], found["userErrors"][0]["code"]) == (None, code)
    assert await counted("audit_entry", "ledger_transfer") == before

    out = (await block.operator.run("ReleaseBill", id=held_id, why="heating"))["data"]
    assert out["releaseBill"]["bill"]["state"] == "ISSUED"
    again = (await block.operator.run("CancelBill", id=held_id, why="x"))["data"]["cancelBill"]
    assert again["userErrors"][0]["code"] == "BILL_NOT_HELD"


async def test_an_operator_cancels_a_held_bill(block):
    held_id = await held(block)
    away = (await block.operator.run("CancelBill", id=held_id, why="misread"))["data"]
    assert away["cancelBill"]["bill"] == {"id": held_id, "state": "CANCELLED", "why": "misread"}


def document(version: str) -> str:
    changed = {"version": version, "valid_from": "2027-01-01", "valid_to": None}
    return json.dumps(tariff.catalogued(seed.TARIFF) | changed)


async def test_a_tariff_is_proposed_by_one_operator_and_published_by_another(block):
    proposed = (await block.chief.run("ProposeTariff", document=document("next")))["data"]
    draft = proposed["proposeTariff"]["draft"]
    assert (draft["state"], draft["proposedBy"]) == ("OPEN", "Test")

    before = await counted("tariff_version", "audit_entry")
    for caller, code in (
        (block.chief, "SAME_PERSON"),
        (block.operator, "WHOLE_DEPLOYMENT_ONLY"),
    ):
        answer = (await caller.run("PublishTariff", id=draft["id"]))["data"]["publishTariff"]
        assert answer["userErrors"][0]["code"] == code
    unknown = await block.checker.run("PublishTariff", id=global_id("TariffDraft", 10**9))
    assert unknown["data"]["publishTariff"]["userErrors"][0]["code"] == "DRAFT_UNKNOWN"
    assert await counted("tariff_version", "audit_entry") == before

    done = (await block.checker.run("PublishTariff", id=draft["id"]))["data"]["publishTariff"]
    assert (done["draft"]["state"], done["tariffVersion"]["version"]) == ("PUBLISHED", "next")
    listed = (await block.operator.run("Tariffs", code=seed.TARIFF))["data"]
    versions = [edge["node"]["version"] for edge in listed["tariffVersions"]["edges"]]
    assert versions[0] == "next"
    assert listed["tariffDrafts"]["edges"] == []
    again = await block.operator.run("Again", id=draft["id"])
    assert again["data"]["node"]["__typename"] == "TariffDraft"
    assert await block.customer.run("Again", id=draft["id"]) == {"data": {"node": None}}


async def test_a_document_that_is_no_tariff_is_refused_with_the_place(block):
    broken = json.loads(document("next"))
    broken["charges"][0]["kind"] = "magic"
    for text, path in ((json.dumps(broken), "$.charges[0].kind"), ("{", "$"), ("[]", "$")):
        answer = (await block.chief.run("ProposeTariff", document=text))["data"]["proposeTariff"]
        (error,) = answer["userErrors"]
        assert (error["code"], error["path"]) == ("TARIFF_INVALID", path)
    assert await counted("tariff_draft") == (0,)


async def exception(block: Block) -> str:
    one = block.own.seeded
    jump = Reading(one.meter_id, 77, at("2026-02-20", 1), 10**9, (0, 10**9, 0, 0, 0))
    assert await metering.record([jump], now=at("2026-02-20", 1)) == [metering.Outcome.HELD]
    listed = (await block.operator.run("ReadingExceptions"))["data"]["readingExceptions"]
    return listed["edges"][0]["node"]["id"]


async def test_an_operator_replaces_a_reading_that_was_held_apart(block):
    held_id = await exception(block)
    given = {"exceptionId": held_id, "resolution": "REPLACE", "reason": "seen on site"}
    registers = {"total": "551.000", "peak": "401.000", "valley": "150.000"}

    async def resolved(caller: App, **changes) -> dict:
        answer = await caller.run("ResolveReadingException", input=given | changes)
        return answer["data"]["resolveReadingException"]

    before = await counted("audit_entry", "reading")
    for caller, changes, code in (
        (block.far_operator, {"registers": registers}, "UNKNOWN_EXCEPTION"),
        (block.operator, {}, "REPLACEMENT_REFUSED"),
        (block.operator, {"resolution": "ACCEPT", "registers": registers}, "REPLACEMENT_REFUSED"),
        (block.operator, {"registers": {"total": "1.0001"}}, "ENERGY_INVALID"),
        (block.operator, {"registers": {"total": "-1"}}, "ENERGY_INVALID"),
        (block.operator, {"reason": ""}, "WHY_MISSING"),
    ):
        assert (await resolved(caller, **changes))["userErrors"][0]["code"] == code
    assert await counted("audit_entry", "reading") == before

    done = await resolved(block.operator, registers=registers)
    assert done["userErrors"] == []
    assert done["readingException"]["resolution"] == "REPLACE"
    again = await resolved(block.operator, registers=registers)
    assert again["userErrors"][0]["code"] == "EXCEPTION_RESOLVED"
    assert await value("select max(total_wh) from reading") == 551_000
    still = (await block.operator.run("ReadingExceptions"))["data"]["readingExceptions"]
    assert still["edges"] == []
    kept = await block.operator.run("ReadingExceptions", openOnly=False)
    (edge,) = kept["data"]["readingExceptions"]["edges"]
    assert (edge["node"]["reason"], edge["node"]["resolvedBy"]) == ("seen on site", "Test")
    for foreign in (block.customer, block.far_operator):
        assert await foreign.run("Again", id=held_id) == {"data": {"node": None}}


async def test_an_operator_accepts_or_rejects_a_reading_that_was_held_apart(block):
    given = {"exceptionId": await exception(block), "resolution": "REJECT", "reason": "a glitch"}
    done = await block.operator.run("ResolveReadingException", input=given)
    assert done["data"]["resolveReadingException"]["readingException"]["resolution"] == "REJECT"


async def test_many_bills_cost_no_more_statements(block, app):
    both = await app.signed_in(
        "13900000009", "CUSTOMER", accounts=[block.own.account_id, block.other.account_id]
    )
    query = """{ viewer { accounts(first: 5) { edges { node {
      tariff { code } bills(first: 5) { totalCount edges { node {
        reversal { id } lines { line } parts { tariff } recomputed { same } } } } } } } } }"""
    counts = []
    for caller in (block.customer, both):
        for _ in range(3):  # the first ones are compiled, connected and prepared
            await caller.send(query)
        async with statements() as sent:
            answer = await caller.send(query)
        assert "errors" not in answer
        counts.append(len(sent))
    assert counts[0] == counts[1] > 0


async def test_what_reads_months_of_registers_is_not_asked_for_a_hundred_accounts(block):
    for asked in ("forecast { method }", "tariff { code } bills(first: 20) { totalCount }"):
        query = f"{{ accounts(first: 100) {{ edges {{ node {{ {asked} }} }} }} }}"
        answer = await block.operator.send(query)
        refused = [error["extensions"]["code"] for error in answer.get("errors", ())]
        assert refused == (["COST_LIMIT"] if "forecast" in asked else [])
