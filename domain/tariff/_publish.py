"""Publish a tariff version: from then on it never changes."""

from datetime import datetime
from typing import Any

from domain import customer
from domain.base import Refusal, packed, row, run, transaction, value

from ._tariff import Tariff, tariff_of

_LOCK = "select pg_advisory_xact_lock(hashtextextended('tariff ' || $1, 0))"


class TariffVersionExists(Refusal):
    """A version of that name is published already; a new price is a new version."""

    code = "TARIFF_VERSION_EXISTS"


class TariffOverlap(Refusal):
    """A published version holds on some of these days already."""

    code = "TARIFF_OVERLAP"


class TariffHole(Refusal):
    """There would be days without a price: between two versions, or while accounts stand there."""

    code = "TARIFF_HOLE"


async def publish(document: Any, *, now: datetime) -> Tariff:
    """Publish the document as a version of its tariff, after all that are there.

    Versions are appended in order of `valid_from`; one without `valid_to` holds until the next
    begins. Refusals: TariffInvalid, TariffVersionExists, TariffOverlap, TariffHole.
    """
    tariff = tariff_of(document)
    async with transaction():
        await lock_tariff(tariff.code)
        await refuse_misfit(tariff)
        await value(
            "insert into tariff_version"
            " (code, version, valid_from, valid_to, document, published_at)"
            " values ($1, $2, $3, $4, $5::jsonb, $6) returning id",
            tariff.code,
            tariff.version,
            tariff.valid_from,
            tariff.valid_to,
            packed(document),
            now,
        )
    return tariff


async def lock_tariff(code: str) -> None:
    """Let one at a time look at the versions of this tariff and add one."""
    await run(_LOCK, code)


async def refuse_misfit(tariff: Tariff) -> None:
    """Refuse a version that does not follow on what is published and agreed."""
    named = {"tariff": tariff.code, "version": tariff.version}
    same = "select 1 from tariff_version where code = $1 and version = $2"
    if await value(same, tariff.code, tariff.version) is not None:
        raise TariffVersionExists(**named)
    last = await row(
        "select version, valid_from, valid_to from tariff_version"
        " where code = $1 order by valid_from desc limit 1",
        tariff.code,
    )
    if last is None:
        await _refuse_late(tariff)
        return
    end = last["valid_to"]
    if tariff.valid_from <= last["valid_from"] or (end is not None and tariff.valid_from < end):
        raise TariffOverlap(**named, published=last["version"])
    if end is not None and end < tariff.valid_from:
        raise TariffHole(**named, hole_from=end, hole_to=tariff.valid_from)
    if end is None:
        await _refuse_early_end(tariff)


async def _refuse_late(tariff: Tariff) -> None:
    """Nothing can be published before a first version: it must hold for all who stand there."""
    agreed = await customer.agreed_under(tariff.code)
    if agreed is not None and agreed.since < tariff.valid_from:
        raise TariffHole(
            tariff=tariff.code,
            version=tariff.version,
            hole_from=agreed.since,
            hole_to=tariff.valid_from,
        )


async def _refuse_early_end(tariff: Tariff) -> None:
    """What held until further notice may not come to an end under those who stand there."""
    agreed = await customer.agreed_under(tariff.code)
    if agreed is None or tariff.valid_to is None:
        return
    if agreed.until is None or tariff.valid_to < agreed.until:
        raise TariffHole(
            tariff=tariff.code,
            version=tariff.version,
            hole_from=tariff.valid_to,
            hole_to=agreed.until,
        )
