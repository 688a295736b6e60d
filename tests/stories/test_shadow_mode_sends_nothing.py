"""Shadow mode decides and records, and sends nothing."""


async def test_shadow_mode_sends_nothing(world):
    await world.graphql("Switch", as_="chief", name="SHADOW", on=True)
    home = await world.meter()
    await world.passes(days=2)

    shown = await world.graphql("AccountDetails", as_="operator", number=home.number)
    decided = [
        (each["node"]["verdict"], each["node"]["shadow"])
        for each in shown["account"]["chargeControl"]["history"]["edges"]
    ]
    assert ("TRIP", True) in decided
    assert all(shadow for _, shadow in decided)
    assert world.sms.asked() == []
    assert home.wire.commands == []
    assert await home.commands() == []
    assert home.supply == "ON"
