"""Publish a tariff version: from then on it never changes."""

from datetime import datetime
from typing import Any

from domain.base import Refusal, packed, row, transaction, value

from ._tariff import Tariff, tariff_of

_LOCK = "select pg_advisory_xact_lock(hashtextextended('tariff ' || $1, 0))"


class TariffVersionExists(Refusal):
    """A version of that name is published already; a new price is a new version."""

    code = "TARIFF_VERSION_EXISTS"


class TariffOverlap(Refusal):
    """A published version holds on some of these days already."""

    code = "TARIFF_OVERLAP"


class TariffHole(Refusal):
    """Between the last published version and this one there would be days without a price."""

    code = "TARIFF_HOLE"


async def publish(document: Any, *, now: datetime) -> Tariff:
    """Publish the document as a version of its tariff, after all that are there.

    Versions are appended in order of `valid_from`; one without `valid_to` holds until the next
    begins. Refusals: TariffInvalid, TariffVersionExists, TariffOverlap, TariffHole.
    """
    tariff = tariff_of(document)
    async with transaction():
        await value(
            "select pg_advisory_xact_lock(hashtextextended('tariff ' || $1, 0))", tariff.code
        )
        await _refuse(tariff)
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


async def _refuse(tariff: Tariff) -> None:
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
        return
    end = last["valid_to"]
    if tariff.valid_from <= last["valid_from"] or (end is not None and tariff.valid_from < end):
        raise TariffOverlap(**named, published=last["version"])
    if end is not None and end < tariff.valid_from:
        raise TariffHole(**named, hole_from=end, hole_to=tariff.valid_from)
