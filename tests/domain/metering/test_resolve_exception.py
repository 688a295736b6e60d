"""Somebody looks at what was held, and answers for it; the account follows."""

import asyncio

import pytest

from domain import metering
from domain.base import Actor, rows, unpacked, value
from domain.metering import Outcome, Resolution
from tests import seed
from tests.seed import HOUR, Home

from .meters import DAY, MONDAY, assess, position, reading, record, register, totals

pytestmark = pytest.mark.usefixtures("database")
CLERK = Actor("OPERATOR", 7)
NOW = MONDAY + 3 * DAY


@pytest.fixture
async def home() -> Home:
    return await seed.home(await seed.district(now=MONDAY), now=MONDAY)


async def held() -> list[dict]:
    return await rows("select * from reading_exception order by id")


async def resolve(resolution: Resolution, index: int = 0, **more) -> None:
    exception = (await held())[index]
    asked = {"actor": CLERK, "reason": "seen on site", "now": NOW}
    await metering.resolve_exception(exception["id"], resolution, **asked | more)


async def test_an_accepted_jump_is_charged_and_what_followed_it_too(home):
    first = reading(home, 1, MONDAY + HOUR, 1_000)
    jump = reading(home, 2, MONDAY + 2 * HOUR, 500_000)
    after = reading(home, 3, MONDAY + 3 * HOUR, 501_000)
    assert await record(first, jump, after, now=NOW) == [
        Outcome.ACCEPTED,
        Outcome.HELD,
        Outcome.HELD,
    ]
    await resolve(Resolution.ACCEPT)
    await assess(NOW)
    assert await register(home) == 501_000
    assert (await position(home))["unbilled_wh"] == 501_000
    assert [(x["resolution"], x["resolved_by"]) for x in await held()] == [
        ("ACCEPT", "OPERATOR:7"),
        ("FOLLOWED", "SYSTEM:0"),
    ]
    assert not await metering.has_open_exception(home.account_id)
    acts = await rows("select actor, action from audit_entry where subject like 'reading_exc%'")
    assert {"actor": "OPERATOR:7", "action": "RESOLVE_EXCEPTION"} in acts


async def test_a_rejected_reading_stays_out_and_its_repetition_too(home):
    jump = reading(home, 1, MONDAY + HOUR, 10**9)
    await record(jump, now=NOW)
    await resolve(Resolution.REJECT)
    assert await record(jump, now=NOW) == [Outcome.DUPLICATE]
    assert await register(home) == 0
    assert not await metering.has_open_exception(home.account_id)
    assert list((await metering.take_changed(10)).ids) == [home.account_id]


async def test_a_replaced_value_is_charged_and_what_was_said_is_kept(home):
    await record(reading(home, 1, MONDAY + HOUR, 10**9), now=NOW)
    await resolve(Resolution.REPLACE, registers=(1_200, 0, 1_200, 0, 0, 0))
    assert await register(home) == 1_200
    content = unpacked((await held())[0]["content"])
    assert content["registers_wh"][0] == 10**9
    assert content["replaced_by_wh"][0] == 1_200


@pytest.mark.parametrize(
    ("resolution", "registers", "refusal"),
    [
        (Resolution.ACCEPT, None, metering.CannotAccept),
        (Resolution.ACCEPT, (3_000, 0, 3_000, 0, 0, 0), metering.ReplacementRefused),
        (Resolution.REPLACE, None, metering.ReplacementRefused),
        (Resolution.REPLACE, (3_000, 0, 1_000, 0, 0, 0), metering.ReplacementRefused),
        (Resolution.REPLACE, (1_000, 0, 1_000, 0, 0, 0), metering.RunsBackwards),
        (Resolution.REPLACE, (-1, 0, -1, 0, 0, 0), metering.RegistersRefused),
        (Resolution.REPLACE, (10**13, 0, 10**13, 0, 0, 0), metering.RegistersRefused),
    ],
)
async def test_a_resolution_that_cannot_be_is_refused_and_nothing_moves(
    home, resolution, registers, refusal
):
    await record(
        reading(home, 1, MONDAY + HOUR, 2_000),
        reading(home, 2, MONDAY + 2 * HOUR, 1_999),
        now=NOW,
    )
    await metering.take_changed(10)
    with pytest.raises(refusal):
        await resolve(resolution, registers=registers)
    assert await register(home) == 2_000
    assert await metering.has_open_exception(home.account_id)
    assert await metering.take_changed(10) is None


async def test_an_exception_is_settled_once(home):
    await record(reading(home, 1, MONDAY + HOUR, 10**9), now=NOW)
    await resolve(Resolution.REJECT)
    with pytest.raises(metering.ExceptionResolved):
        await resolve(Resolution.ACCEPT)
    with pytest.raises(metering.UnknownException):
        await metering.resolve_exception(10**9, Resolution.REJECT, actor=CLERK, reason="", now=NOW)
    assert await register(home) == 0


async def test_exceptions_of_a_meter_may_be_settled_side_by_side(home):
    jumps = [reading(home, k, MONDAY + k * HOUR, 10**6 + k) for k in range(1, 9)]
    await record(*jumps, now=NOW)
    accepted = [Resolution.REPLACE, *[Resolution.REJECT] * 7]
    registers = [(1_000, 0, 1_000, 0, 0, 0), *[None] * 7]
    await asyncio.gather(
        *(resolve(each, k, registers=registers[k]) for k, each in enumerate(accepted)),
        *(record(reading(home, 20, MONDAY + 20 * HOUR, 2_000), now=NOW) for _ in range(3)),
    )
    assert await totals(home) == [0, 1_000, 2_000]
    assert not await metering.has_open_exception(home.account_id)


async def test_a_contradiction_that_is_accepted_takes_the_place_of_what_stood_there(home):
    await record(reading(home, 1, MONDAY + HOUR, 1_000), now=NOW)
    await record(reading(home, 2, MONDAY + HOUR, 1_100), now=NOW)
    await resolve(Resolution.ACCEPT)
    assert await totals(home) == [0, 1_100]
    assert await register(home) == 1_100
    assert [x["rule"] for x in await held()] == ["INSTANT_REUSED", "WITHDRAWN"]


async def test_a_wrong_reading_is_withdrawn_and_what_it_held_back_comes_in(home):
    await record(
        reading(home, 1, MONDAY + HOUR, 1_000),
        reading(home, 2, MONDAY + 2 * HOUR, 20_000),
        reading(home, 3, MONDAY + 3 * HOUR, 3_000),
        now=NOW,
    )
    assert await register(home) == 20_000
    asked = {"actor": CLERK, "reason": "misread", "now": NOW}
    await metering.withdraw_reading(home.meter_id, MONDAY + 2 * HOUR, **asked)
    await assess(NOW)
    assert await totals(home) == [0, 1_000, 3_000]
    assert (await position(home))["unbilled_wh"] == 3_000
    assert [(x["rule"], x["resolution"]) for x in await held()] == [
        ("BACKWARDS", "FOLLOWED"),
        ("WITHDRAWN", "REJECT"),
    ]
    for at in (MONDAY, MONDAY + 2 * HOUR):
        with pytest.raises(metering.UnknownReading):
            await metering.withdraw_reading(home.meter_id, at, **asked)


async def test_what_was_withdrawn_by_mistake_is_taken_from_a_person_not_from_the_meter(home):
    said = reading(home, 1, MONDAY + HOUR, 1_000)
    await record(said, now=NOW)
    asked = {"actor": CLERK, "now": NOW}
    await metering.withdraw_reading(home.meter_id, said.measured_at, reason="misread", **asked)
    assert await record(said, now=NOW) == [Outcome.DUPLICATE]
    assert await totals(home) == [0]
    for _ in range(2):
        await metering.read_by_hand(home.meter_id, said.registers, at=said.measured_at, **asked)
    assert await totals(home) == [0, 1_000]


async def test_a_register_that_starts_again_goes_on_counting(home):
    day = MONDAY + DAY
    start = 10**9 - 5_000
    meter_id = await metering.install_meter(
        metering.NewMeter(serial="R1", rated_w=20_000, opening=(start, 0, start, 0, 0, 0)),
        account_id=home.account_id,
        usage_point_id=await value("select usage_point_id from meter limit 1"),
        now=MONDAY,
    )
    old = Home(home.account_id, home.number, meter_id, "R1", MONDAY)
    shown = [start + 4_000, 1_000, 2_000]
    sent = [reading(old, k, day + k * HOUR, wh) for k, wh in enumerate(shown, 1)]
    assert await record(*sent, now=NOW) == [Outcome.ACCEPTED] * 3
    assert await record(*sent, now=NOW) == [Outcome.DUPLICATE] * 3
    assert await totals(old) == [start, start + 4_000, 10**9 + 1_000, 10**9 + 2_000]
    assert await record(reading(old, 4, day + 4 * HOUR, 1_900), now=NOW) == [Outcome.HELD]
    assert [x["rule"] for x in await held()] == ["BACKWARDS"]
    assert unpacked((await held())[0]["content"])["registers_wh"][0] == 1_900
    late = reading(old, 5, day + 2.5 * HOUR, 1_500)
    assert await record(late, now=NOW) == [Outcome.ACCEPTED]


async def test_a_fall_that_is_no_plausible_rollover_is_held(home):
    await record(reading(home, 1, MONDAY + DAY, 400_000), now=NOW)
    assert await record(reading(home, 2, MONDAY + DAY + HOUR, 5), now=NOW) == [Outcome.HELD]
    assert [x["rule"] for x in await held()] == ["BACKWARDS"]
    assert await register(home) == 400_000
