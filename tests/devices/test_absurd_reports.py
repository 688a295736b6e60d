"""One meter's nonsense must not keep its neighbours' reports out of the house."""

from datetime import UTC, datetime, timedelta

import pytest

from devices.coap import codes
from devices.codec import Status, Telemetry
from devices.headend import HeadEnd
from domain.base import value
from tests import seed
from tests.devices.conftest import LIMITS, QUICK

MAX = 2**63 - 1


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"total_wh": MAX, "periods_wh": (MAX, 0, 0, 0, 0)}, id="the largest total"),
        pytest.param({"total_wh": MAX, "periods_wh": (MAX,) * 5}, id="all the largest"),
        pytest.param({"at": datetime(2020, 1, 1, tzinfo=UTC)}, id="years ago"),
        pytest.param({"at": datetime(2100, 1, 1, tzinfo=UTC)}, id="years ahead"),
        pytest.param({"n": 2**32 - 1}, id="the largest number"),
        pytest.param({"n": 0}, id="number zero"),
        pytest.param({"last_seq": 2**32 - 1}, id="the largest sequence"),
    ],
)
async def test_an_absurd_report_is_answered_and_fails_no_group(database, clock, stranger, changes):
    district = await seed.district(now=clock.now())
    home = await seed.home(district, now=clock.now(), opening_fen=100_000)
    clock.forward(hours=1)
    head_end = HeadEnd(plain_allowed=True, now=clock.now, limits=LIMITS)
    port = await head_end.start(host="127.0.0.1", port=0)
    said = {
        "n": 5,
        "at": clock.now() - timedelta(minutes=5),
        "total_wh": 10,
        "periods_wh": (0, 10, 0, 0, 0),
        "status": Status(1, 1),
        "last_seq": 0,
        **changes,
    }
    reply = await stranger.post(
        f"127.0.0.1:{port}",
        "t",
        Telemetry(**said).packed(),
        query=(f"ep={home.serial}",),
        tuning=QUICK,
    )
    await head_end.stop()
    assert reply.code == codes.CHANGED
    if "last_seq" not in changes and changes.get("n") != 2**32 - 1:
        count = "select count(*) from reading_exception where meter_id = $1"
        assert await value(count, home.meter_id) == 1
