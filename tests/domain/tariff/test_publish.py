"""Published versions never change, never overlap and never leave a hole."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from domain import tariff
from domain.base import value

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CODE = "zhejiang-residential-tou"


def version(name: str, valid_from: str, valid_to: str | None = None, peak: str = "0.568") -> dict:
    document = tariff.catalogued(CODE)
    document |= {"version": name, "valid_from": valid_from, "valid_to": valid_to}
    document["charges"][1]["prices"]["peak"] = peak
    return document


async def published() -> int:
    return await value("select count(*) from tariff_version")


async def test_a_published_version_is_found_from_its_first_day_on(database):
    await tariff.publish(version("1", "2025-01-01"), now=NOW)
    await tariff.publish(version("2", "2026-01-01", peak="0.60"), now=NOW)

    assert (await tariff.version_at(CODE, date(2025, 12, 31))).version == "1"
    second = await tariff.version_at(CODE, date(2026, 1, 1))
    assert (second.version, second.charges[1].rule.prices[1]) == ("2", 60_000_000)


async def test_before_the_first_and_after_the_last_day_there_is_no_tariff(database):
    await tariff.publish(version("1", "2025-01-01", "2026-01-01"), now=NOW)

    assert (await tariff.version_at(CODE, date(2025, 12, 31))).version == "1"
    for day in (date(2024, 12, 31), date(2026, 1, 1)):
        with pytest.raises(tariff.NoTariff):
            await tariff.version_at(CODE, day)
    assert await tariff.versions_at([CODE, "unknown"], date(2026, 1, 1)) == {}


async def test_a_version_is_published_once_and_never_changed(database):
    await tariff.publish(version("1", "2025-01-01"), now=NOW)

    with pytest.raises(tariff.TariffVersionExists):
        await tariff.publish(version("1", "2026-01-01", peak="9"), now=NOW)
    assert (await tariff.version_at(CODE, date(2026, 5, 1))).charges[1].rule.prices[1] == 56_800_000
    assert await published() == 1


@pytest.mark.parametrize(
    ("first", "second", "refusal"),
    [
        (("2025-01-01", None), ("2025-01-01", None), tariff.TariffOverlap),
        (("2025-01-01", None), ("2024-06-01", "2025-06-01"), tariff.TariffOverlap),
        (("2025-01-01", "2026-01-01"), ("2025-12-31", None), tariff.TariffOverlap),
        (("2025-01-01", "2026-01-01"), ("2026-01-02", None), tariff.TariffHole),
    ],
)
async def test_overlap_and_hole_are_refused(database, first, second, refusal):
    await tariff.publish(version("1", *first), now=NOW)

    with pytest.raises(refusal):
        await tariff.publish(version("2", *second), now=NOW)
    assert await published() == 1


async def test_an_invalid_document_stores_nothing(database):
    with pytest.raises(tariff.TariffInvalid):
        await tariff.publish(version("1", "2025-01-01", peak="-1"), now=NOW)
    assert await published() == 0


async def test_two_who_publish_at_once_cannot_both_win(database):
    documents = [version(str(n), "2025-01-01") for n in range(5)]
    done = await asyncio.gather(
        *(tariff.publish(each, now=NOW) for each in documents), return_exceptions=True
    )
    assert sum(isinstance(each, tariff.Tariff) for each in done) == 1
    assert sum(isinstance(each, tariff.TariffOverlap) for each in done) == 4
    assert await published() == 1
