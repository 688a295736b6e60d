"""Payment brings power back."""


async def test_payment_brings_power_back(world):
    home = await world.meter(prepaid="5.00", hourly_wh=5_000)

    await world.until(home.is_off)
    assert world.sms.kinds_to(home) == ["ALARM", "NOTICE", "FINAL_NOTICE", "TRIPPED"]

    receipt = (await world.pay(home, "100.00")).json()
    await world.drain()
    assert home.supply == "READY_TO_CLOSE"
    assert receipt["amount"] == "100.00"

    await world.press_button(home)
    assert home.supply == "ON"
    assert world.sms.kinds_to(home)[4:] == ["PAYMENT_RECEIVED", "PERMIT_READY", "RESTORED"]
    assert await home.commands() == [(1, "VERIFIED"), (2, "VERIFIED")]
