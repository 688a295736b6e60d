"""Everyone sees it: the customer, the operator, the inspector, each what is theirs."""

import re


async def test_everyone_sees_it_in_graphql(world):
    home = await world.meter(prepaid="5.00")
    neighbour = await world.meter(prepaid="900.00")
    await sign_in_by_sms(world, home)
    assert await listed(world, "OFF") == []

    async with world.watch(home) as changes:
        first = await anext(changes)
        assert first["account"]["supply"]["state"] == "ON"

        await world.until(home.is_off)
        off = await seen(changes, "OFF")
        assert off["account"]["balance"]["available"]["amount"].startswith("-")
        assert await listed(world, "OFF") == [home.number]
        assert await listed(world, "ON") == [neighbour.number]

        await world.pay(home, "100.00")
        await world.drain()
        await seen(changes, "READY_TO_CLOSE")
        await world.press_button(home)
        await seen(changes, "ON")

    screen = (await world.graphql("HomeScreen", as_=home))["viewer"]["accounts"]["edges"]
    (account,) = [edge["node"] for edge in screen]
    assert account["number"] == home.number
    assert account["messages"]["edges"][0]["node"]["kind"] == "RESTORED"
    assert account["payments"]["edges"][0]["node"]["amount"]["amount"] == "100.00"
    hidden = await world.graphql("AccountDetails", as_=home, number=neighbour.number)
    assert hidden["account"] is None
    district = (await world.graphql("District", as_="operator"))["districts"]["edges"][0]["node"]
    assert (district["controlledAccounts"], district["accountsOff"]) == (2, 0)
    assert (district["commandsVerified"], district["commandsFailed"]) == (2, 0)


async def sign_in_by_sms(world, home):
    await world.token(home)  # makes the customer known
    await world.graphql("RequestCode", phone=home.phone)
    await world.drain()
    (code,) = re.findall(r"\d{6}", world.sms.to(home)[-1])
    answer = await world.graphql("SignIn", phone=home.phone, code=code, device="phone")
    assert answer["signIn"]["session"]["role"] == "CUSTOMER"


async def listed(world, state):
    shown = await world.graphql("District", as_="operator", state=state)
    return [edge["node"]["number"] for edge in shown["accounts"]["edges"]]


async def seen(changes, state):
    """Read on until the account shows this supply state."""
    async for change in changes:
        if change["account"]["supply"]["state"] == state:
            return change
    raise AssertionError
