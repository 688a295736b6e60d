"""A district is opened once, in a time zone that there is."""

import pytest

from domain import customer
from domain.base import value


@pytest.mark.parametrize("text", ["Mars/Olympus", "Asia", "", "+08:00", "asia/shanghai", "../etc"])
async def test_a_time_zone_that_is_none_opens_no_district(text: str, database: str) -> None:
    with pytest.raises(customer.TimezoneUnknown) as refused:
        await customer.open_district("D1", name="D1", timezone=text)
    assert refused.value.fields == {"timezone": text}
    assert await value("select count(*) from district") == 0


async def test_a_district_is_opened_once(database: str) -> None:
    first = await customer.open_district("D1", name="D1", timezone="Asia/Urumqi")
    assert await customer.open_district("D1", name="another") == first
    assert await value("select timezone from district") == "Asia/Urumqi"
