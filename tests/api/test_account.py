"""What customers see of their accounts, and do for them."""

from datetime import timedelta
from uuid import uuid4

from domain.base import run, value
from tests.api.conftest import counted


async def test_the_home_screen_comes_in_one_request(town, clock):
    home = town.home
    await home.reports(at=clock.now())
    clock.forward(hours=30)
    await home.uses(peak_wh=10_000, at=clock.now())
    await home.pays(5_000, at=clock.now())

    viewer = (await town.customer.run("HomeScreen"))["data"]["viewer"]

    (edge,) = viewer["accounts"]["edges"]
    account = edge["node"]
    assert account["number"] == home.number
    balance = account["balance"]
    fen = {
        k: int(balance[k]["amount"].replace(".", ""))
        for k in ("available", "prepaid", "receivable", "lateFee", "unbilled")
    }
    assert fen["available"] == await home.available_fen()
    assert fen["available"] == (
        fen["prepaid"] - fen["receivable"] - fen["lateFee"] - fen["unbilled"]
    )
    assert balance["available"]["currency"] == "CNY"
    assert balance["unbilledEnergy"] == "10.000"
    assert balance["asOf"] == clock.now().isoformat()
    assert account["supply"]["state"] == "ON"
    assert account["payments"]["edges"][0]["node"]["amount"]["amount"] == "50.00"
    assert viewer["serverTime"] == clock.now().isoformat()


async def test_the_account_shows_charges_and_why_it_is_not_cut(town, clock):
    await town.home.reports(at=clock.now())
    clock.forward(hours=2)
    await town.home.uses(peak_wh=3_000, valley_wh=1_500, at=clock.now())

    answer = await town.customer.run("AccountDetails", number=town.home.number)

    account = answer["data"]["account"]
    charges = account["chargesToDate"]
    total = sum(int(line["amount"]["amount"].replace(".", "")) for line in charges["lines"])
    assert int(charges["total"]["amount"].replace(".", "")) == total > 0
    guards = {g["name"]: g["holdsTrip"] for g in account["chargeControl"]["guards"]}
    assert guards["BALANCE_LOW"] is True
    assert account["chargeControl"]["verdict"] == "REST"


async def test_usage_is_the_difference_of_registers_per_hour(town, clock):
    start = clock.now()
    await town.home.reports(at=start)
    for energy in (100, 250, 0, 400):
        clock.forward(hours=1)
        await town.home.uses(peak_wh=energy, at=clock.now())

    answer = await town.customer.run(
        "Usage", number=town.home.number, since=start.isoformat(), until=clock.now().isoformat()
    )

    usage = answer["data"]["account"]["usage"]
    assert [u["energy"] for u in usage] == ["0.100", "0.250", "0.000", "0.400"]
    assert usage[0]["since"] == start.isoformat()


async def test_a_series_has_a_bounded_span_with_an_offset(town):
    for since, until in (
        ("2026-03-02T00:00:00+00:00", "2026-03-01T00:00:00+00:00"),
        ("2020-01-01T00:00:00+00:00", "2026-03-01T00:00:00+00:00"),
        ("2026-03-01T00:00:00", "2026-03-02T00:00:00"),
    ):
        answer = await town.customer.run("Usage", number=town.home.number, since=since, until=until)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_payments_come_in_keyset_pages(town, clock):
    for k in range(5):
        await town.home.pays(100 * (k + 1), at=clock.now(), reference=f"page-{k}")

    seen, after, pages = [], None, 0
    while True:
        answer = await town.customer.run("Payments", number=town.home.number, after=after)
        payments = answer["data"]["account"]["payments"]
        seen += [e["node"]["amount"]["amount"] for e in payments["edges"]]
        assert payments["totalCount"] == 5
        pages += 1
        if not payments["pageInfo"]["hasNextPage"]:
            break
        after = payments["pageInfo"]["endCursor"]

    assert (seen, pages) == (["5.00", "4.00", "3.00", "2.00", "1.00"], 3)


async def test_anything_can_be_fetched_again_by_its_id(town, clock):
    await town.home.pays(100, at=clock.now())
    page = (await town.customer.run("Payments", number=town.home.number))["data"]["account"]
    payment = page["payments"]["edges"][0]["node"]

    again = await town.customer.run("Again", id=payment["id"])

    assert again["data"]["node"]["receipt"] == payment["receipt"]


async def test_an_id_that_is_none_answers_null(town):
    huge = "QWNjb3VudDo5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"
    for text in ("", "x", "QWNjb3VudA", huge, "Tm9ib2R5OjE", "QWNjb3VudDotMQ", "é", "%00"):
        assert await town.customer.run("Again", id=text) == {"data": {"node": None}}


async def test_a_payment_is_ordered_once_per_key(town):
    given = {
        "accountNumber": town.home.number,
        "amount": "88.80",
        "channel": "bank-D1",
        "idempotencyKey": str(uuid4()),
    }

    first = (await town.customer.run("StartPayment", input=given))["data"]["startPayment"]
    again = (await town.customer.run("StartPayment", input=given))["data"]["startPayment"]
    other = (await town.customer.run("StartPayment", input=given | {"amount": "1.00"}))["data"]

    assert first["order"]["amount"] == {"amount": "88.80", "currency": "CNY"}
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert again["order"] == first["order"]
    assert other["startPayment"]["userErrors"][0]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await value("select count(*) from payment_order") == 1


def order(town, **changes):
    given = {
        "accountNumber": town.home.number,
        "amount": "10.00",
        "channel": "bank-D1",
        "idempotencyKey": str(uuid4()),
    }
    return given | changes


async def test_an_impossible_order_is_refused_and_nothing_moves(town):
    for changes, code in (
        ({"amount": "0"}, "AMOUNT_TOO_SMALL"),
        ({"amount": "-5.00"}, "AMOUNT_TOO_SMALL"),
        ({"amount": "1.001"}, "AMOUNT_INVALID"),
        ({"channel": "nobody"}, "UNKNOWN_CHANNEL"),
        ({"accountNumber": "nobody"}, "ACCOUNT_UNKNOWN"),
    ):
        answer = await town.customer.run("StartPayment", input=order(town, **changes))
        assert answer["data"]["startPayment"]["userErrors"][0]["code"] == code
    assert await counted("payment_order") == (0,)


async def test_an_amount_is_a_decimal_string(town):
    for amount in (1, 1.5, "1e5", "NaN", "", "１", "9" * 40):
        answer = await town.customer.run("StartPayment", input=order(town, amount=amount))
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert await counted("payment_order") == (0,)


async def test_a_fault_is_reported_and_shown_with_its_answer(town, clock):
    await town.home.reports(at=clock.now())
    given = {
        "accountNumber": town.home.number,
        "kind": "VOLTAGE",
        "description": "flickers",
        "idempotencyKey": str(uuid4()),
    }

    first = (await town.customer.run("ReportRepair", input=given))["data"]["reportRepair"]
    again = (await town.customer.run("ReportRepair", input=given))["data"]["reportRepair"]

    assert first["repairRequest"]["answer"] == "DISPATCHED"
    assert first["repairRequest"]["open"]
    assert again == first | {"replayed": True}
    assert not first["replayed"]
    assert await counted("repair_request", "task") == (1, 1)


async def test_a_series_by_days_follows_the_accounts_zone(town, clock):
    start = clock.now()
    await town.home.reports(at=start)
    for _ in range(3):
        clock.forward(hours=24)
        await town.home.uses(peak_wh=1_000, at=clock.now())
    answer = await town.customer.send(
        "query($n: String!, $s: DateTime!) { account(number: $n) {"
        " usage(step: DAY, since: $s)"
        " { since energy periods { period energy } exported exportedPeriods { energy } } } }",
        n=town.home.number,
        s=(start - timedelta(days=2)).isoformat(),
    )
    usage = answer["data"]["account"]["usage"]
    assert [u["energy"] for u in usage] == ["1.000"] * 3
    assert all(u["since"].endswith("16:00:00+00:00") for u in usage)
    assert [u["periods"][1] for u in usage] == [{"period": "peak", "energy": "1.000"}] * 3
    assert [(u["exported"], u["exportedPeriods"]) for u in usage] == [("0.000", None)] * 3


async def test_a_customer_finds_the_channels_to_pay_through(town):
    await run("update channel set active = false where code = 'bank-D2'")
    found = await town.customer.run("PaymentChannels")
    assert found == {"data": {"paymentChannels": [{"code": "bank-D1", "name": "Bank"}]}}
