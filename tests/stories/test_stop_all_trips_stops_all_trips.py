"""One switch stops all trips of the deployment, and no restore."""


async def test_stop_all_trips_stops_all_trips(world):
    dark = await world.meter()
    await world.until(dark.is_off)
    home = await world.meter()
    await world.until(lambda: "FINAL_NOTICE" in world.sms.kinds_to(home))

    await world.graphql("Switch", as_="chief", name="STOP_TRIPS", on=True)
    await world.pay(dark, "100.00")
    await world.passes(hours=4)
    assert dark.supply == "READY_TO_CLOSE"
    assert home.supply == "ON"
    assert await home.commands() == []
    shown = await world.graphql("AccountDetails", as_="operator", number=home.number)
    guards = {each["name"]: each for each in shown["account"]["chargeControl"]["guards"]}
    assert guards["TRIPS_ALLOWED"]["holdsTrip"]

    await world.graphql("Switch", as_="chief", name="STOP_TRIPS", on=False)
    await world.until(home.is_off)


async def test_a_trip_that_is_already_on_its_way_is_not_sent_again(world):
    home = await world.meter()
    home.wire.hold()
    await world.until(lambda: bool(home.wire.held))

    await world.graphql("Switch", as_="chief", name="STOP_TRIPS", on=True)
    await world.drain()
    said = len(home.wire.commands)
    home.wire.let_pass()
    await world.passes(hours=1)

    assert len(home.wire.commands) == said
    assert home.supply == "ON"
