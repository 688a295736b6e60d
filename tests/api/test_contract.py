"""What an account holds and has contracted; curves, findings, a wrong reading: in the app."""

import json

import pytest

from domain import metering, tariff
from domain.base import value
from tests import seed
from tests.api.conftest import App, counted, nodes
from tests.domain.billing.homes import OPENED, Home, at, home


@pytest.fixture
async def people(app) -> tuple[Home, App, App, App, App]:
    """Give a home, its customer, its operator, one of another district, and one of all."""
    district_id = await seed.district("D1", now=OPENED)
    far = await seed.district("D2", now=OPENED)
    own = await home(district_id, fen=50_000)
    for n in range(1, 5):
        await own.read(at("2026-01-02", hour=n), peak_wh=1_000 * n)
    return (
        own,
        await app.signed_in("13900000001", "CUSTOMER", accounts=[own.account_id]),
        await app.signed_in("13900000002", "OPERATOR", district_id=district_id),
        await app.signed_in("13900000003", "OPERATOR", district_id=far),
        await app.signed_in("13900000004", "OPERATOR"),
    )


def without_ids(connection):
    return [{k: v for k, v in node.items() if k != "id"} for node in nodes(connection)]


async def test_an_operator_entitles_an_account_and_ends_it(people):
    own, customer, operator, far, _ = people
    number = own.seeded.number
    household = {"number": number, "name": "household", "since": "2026-01-01", "count": 5}

    refused = await customer.run("GrantEntitlement", **household)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    foreign = (await far.run("GrantEntitlement", **household))["data"]["grantEntitlement"]
    assert (foreign["account"], foreign["userErrors"][0]["code"]) == (None, "ACCOUNT_UNKNOWN")
    nothing = household | {"count": 0}
    wrong = (await operator.run("GrantEntitlement", **nothing))["data"]["grantEntitlement"]
    assert wrong["userErrors"][0]["code"] == "ENTITLEMENT_REFUSED"
    assert await value("select count(*) from entitlement") == 0

    done = (await operator.run("GrantEntitlement", **household))["data"]["grantEntitlement"]
    assert done["userErrors"] == []
    again = (await operator.run("GrantEntitlement", **household))["data"]["grantEntitlement"]
    assert again["userErrors"][0]["code"] == "ENTITLEMENT_OVERLAP"
    ended = {"number": number, "name": "household", "until": "2028-01-01"}
    assert (await operator.run("EndEntitlement", **ended))["data"]["endEntitlement"]["account"]
    twice = (await operator.run("EndEntitlement", **ended))["data"]["endEntitlement"]
    assert twice["userErrors"][0]["code"] == "NOT_ENTITLED"

    seen = (await customer.run("Contract", number=number))["data"]["account"]["entitlements"]
    assert without_ids(seen) == [
        {"name": "household", "since": "2026-01-01", "until": "2028-01-01", "count": 5}
    ]
    assert (await far.run("Contract", number=number))["data"]["account"] is None


async def test_an_operator_states_what_was_contracted(people):
    own, customer, operator, _, _ = people
    given = {"number": own.seeded.number, "since": "2026-01-01", "declaredDemand": "400.5"}
    for capacity in ("-1", "630.0001"):
        wrong = await operator.run("StateService", capacity=capacity, **given)
        (error,) = wrong["data"]["stateService"]["userErrors"]
        assert (error["code"], error["field"]) == ("SERVICE_FACTS_REFUSED", ["input", "capacity"])
    assert await value("select count(*) from service_fact") == 0
    await operator.run("StateService", capacity="630", **given)
    seen = (await customer.run("Contract", number=own.seeded.number))["data"]["account"]
    assert without_ids(seen["serviceFacts"]) == [
        {"since": "2026-01-01", "capacity": "630.000", "declaredDemand": "400.500"}
    ]


async def test_a_load_curve_is_told_in_steps(people):
    own, customer, *_ = people
    span = {
        "since": at("2026-01-02", hour=1).isoformat(),
        "until": at("2026-01-02", hour=4).isoformat(),
    }
    answer = await customer.run("LoadCurve", number=own.seeded.number, minutes=60, **span)
    assert [each["energy"] for each in answer["data"]["account"]["loadCurve"]] == ["1.000"] * 3
    for wrong in ({"minutes": 7}, {"minutes": 15, "until": "2027-01-01T00:00:00Z"}):
        refused = await customer.run(
            "LoadCurve", number=own.seeded.number, **({"minutes": 60} | span | wrong)
        )
        assert refused["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_findings_are_for_operators(people):
    own, customer, operator, *_ = people
    asked = {"number": own.seeded.number}
    refused = await customer.run("ReadingFindings", **asked)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    await own.read(at("2026-01-09"), peak_wh=4_000)
    span = {"since": at("2026-01-02"), "until": at("2026-01-10")}
    assert await metering.examine([own.seeded.meter_id], now=at("2026-01-10"), **span)
    answer = await operator.run("ReadingFindings", **asked)
    found = nodes(answer["data"]["account"]["readingFindings"])
    assert found
    assert {each["meterSerial"] for each in found} == {own.seeded.serial}
    still = await operator.run("OpenReadingFindings", **asked)
    left = nodes(still["data"]["account"]["openReadingFindings"])
    assert [each["rule"] for each in left] == [
        each["rule"] for each in found if each["closedAt"] is None
    ]


async def test_a_wrong_reading_is_withdrawn_and_the_account_computed_again(people):
    own, customer, operator, far, _ = people
    latest = at("2026-01-02", hour=4)
    given = {
        "number": own.seeded.number,
        "serial": own.seeded.serial,
        "measuredAt": latest.isoformat(),
        "reason": "misread",
    }
    before = await counted("reading", "audit_entry", "reading_exception")
    for caller, changed, code in (
        (far, {}, "ACCOUNT_UNKNOWN"),
        (operator, {"serial": "none"}, "METER_UNKNOWN"),
        (operator, {"measuredAt": OPENED.isoformat()}, "UNKNOWN_READING"),
        (operator, {"reason": " "}, "WHY_MISSING"),
    ):
        refused = (await caller.run("WithdrawReading", **given | changed))["data"]
        assert refused["withdrawReading"]["userErrors"][0]["code"] == code
    forbidden = await customer.run("WithdrawReading", **given)
    assert forbidden["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await counted("reading", "audit_entry", "reading_exception") == before

    done = (await operator.run("WithdrawReading", **given))["data"]["withdrawReading"]
    assert done["userErrors"] == []
    shown = await value(
        "select total_wh from meter_register where meter_id = $1", own.seeded.meter_id
    )
    assert shown == 3_000


async def test_a_draft_tells_what_it_changes(people):
    *_, chief = people
    changed = tariff.catalogued(seed.TARIFF) | {"version": "2", "valid_from": "2027-01-01"}
    answer = await chief.run("ProposeTariff", document=json.dumps(changed))
    draft = answer["data"]["proposeTariff"]["draft"]
    assert {(each["path"], each["after"]) for each in draft["difference"]} == {
        ("$.version", '"2"'),
        ("$.valid_from", '"2027-01-01"'),
    }
