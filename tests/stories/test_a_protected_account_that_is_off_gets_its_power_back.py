"""A protected account that is off gets its power back, and keeps it, whatever it owes."""


async def test_a_protected_account_that_is_off_gets_its_power_back(world):
    home = await world.meter()
    await world.until(home.is_off)

    why = {"number": home.number, "why": "dialysis at home"}
    answer = await world.graphql("Protect", as_="operator", **why)
    assert answer["protectAccount"]["account"]["chargeControl"]["protected"]
    await world.drain()
    assert home.supply == "READY_TO_CLOSE"
    assert home.meter.memory.keep
    await world.press_button(home)
    assert home.supply == "ON"

    await world.passes(days=2)
    shown = await world.graphql("HomeScreen", as_=home)
    account = shown["viewer"]["accounts"]["edges"][0]["node"]
    assert account["balance"]["available"]["amount"].startswith("-")
    assert account["supply"]["state"] == home.supply == "ON"
    assert sorted(await home.commands()) == [(1, "VERIFIED"), (2, "VERIFIED"), (8, "VERIFIED")]


async def test_protection_takes_a_trip_back_that_has_not_left(world):
    home = await world.meter()
    await world.until(lambda: "FINAL_NOTICE" in world.sms.kinds_to(home))
    home.wire.hold()
    await world.until(lambda: bool(home.wire.held))

    await world.graphql("Protect", as_="operator", number=home.number, why="dialysis")
    home.wire.let_pass()
    await world.passes(hours=4)

    assert (home.supply, home.meter.memory.keep) == ("ON", True)
    verbs = dict(await home.commands())
    assert verbs[1] == "SUPERSEDED"
