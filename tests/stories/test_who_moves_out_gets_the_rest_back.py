"""Who moves out gets the rest back."""

from uuid import uuid4

from domain.base import row
from domain.metering import REGISTERS


async def test_who_moves_out_gets_the_rest_back(world):
    home = await world.meter(prepaid="100.00", hourly_wh=2_000)
    await world.passes(hours=6)
    reads = [{"meterSerial": await serial(home), "registers": await shown(home)}]
    asked = {"account": home.number, "reads": reads}
    closed = (await world.graphql("CloseAccount", as_="operator", **asked))["closeAccount"]
    left, spent = closed["refundable"]["amount"], closed["lastBill"]["total"]["amount"]
    assert cents(left) + cents(spent) == 100_00
    assert cents(spent) > 0

    given = {"accountNumber": home.number, "amount": left, "reference": "B20260302-1"}
    asked = {"input": given | {"idempotencyKey": str(uuid4())}}
    answers = [await world.graphql("RefundAccount", as_="operator", **asked) for _ in range(2)]
    assert [each["refundAccount"]["replayed"] for each in answers] == [False, True]
    await world.drain()
    assert sorted(world.sms.kinds_to(home)) == ["BILL_ISSUED", "REFUNDED"]  # in any order
    assert any(left in text for text in world.sms.to(home))
    screen = (await world.graphql("HomeScreen", as_=home))["viewer"]["accounts"]["edges"]
    assert screen[0]["node"]["balance"]["available"]["amount"] == "0.00"


async def serial(home):
    found = await row("select serial from meter where account_id = $1", home.account_id)
    return found["serial"]


async def shown(home):
    """Return what somebody reads from the meter, in kWh."""
    found = await row("select * from meter_register where account_id = $1", home.account_id)
    names = [name.removesuffix("_wh") for name in REGISTERS]
    kwh = {name: f"{found[f'{name}_wh'] / 1000:.3f}" for name in names}
    return {"deepValley" if name == "deep_valley" else name: kwh[name] for name in names}


def cents(amount):
    return int(amount.replace(".", ""))
