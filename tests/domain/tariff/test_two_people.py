"""A tariff is published by two people, and from then on nobody changes it."""

import asyncio
from datetime import UTC, datetime

import pytest
from tortoise.exceptions import BaseORMException

from domain import customer, tariff
from domain.base import SYSTEM, Actor, packed, rows, run, transaction, value
from domain.tariff._publish import lock_tariff

pytestmark = pytest.mark.usefixtures("database")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
CODE = "zhejiang-residential-tou"
MAKER, CHECKER = Actor("OPERATOR", 1), Actor("OPERATOR", 2)


def version(name: str, valid_from: str = "2025-01-01", valid_to: str | None = None) -> dict:
    dates = {"valid_from": valid_from, "valid_to": valid_to}
    return tariff.catalogued(CODE) | {"version": name, **dates}


async def published() -> list[str]:
    found = await rows("select version from tariff_version order by valid_from")
    return [each["version"] for each in found]


async def audited() -> list[tuple[str, str]]:
    found = await rows("select actor, action from audit_entry order by id")
    return [(each["actor"], each["action"]) for each in found]


async def stands(*, since: str, until: datetime | None = None) -> int:
    opened = await customer.open_account(
        customer.NewAccount("33", "Wang", "13800000001", "Road 1", CODE, "S"),
        district_id=await customer.open_district("D1", name="西湖"),
        now=datetime.fromisoformat(f"{since}T00:00+08:00"),
    )
    await run("update agreement set valid_to = $1", until)
    return opened.account_id


async def test_what_one_proposes_another_publishes():
    draft_id = await tariff.propose(version("1"), actor=MAKER, now=NOW)
    assert await published() == []
    (draft,) = await tariff.drafts()
    assert (draft.id, draft.code, draft.version, draft.state) == (draft_id, CODE, "1", "OPEN")
    assert draft.document == version("1")

    done = await tariff.approve(draft_id, actor=CHECKER, now=NOW)

    assert (done.code, done.version) == (CODE, "1")
    assert await published() == ["1"]
    assert await tariff.drafts() == ()
    draft = await tariff.draft_of(draft_id)
    assert (draft.state, draft.decided_by, draft.decided_at) == ("PUBLISHED", "OPERATOR:2", NOW)
    assert await audited() == [("OPERATOR:1", "PROPOSE_TARIFF"), ("OPERATOR:2", "PUBLISH_TARIFF")]


async def test_nobody_publishes_what_he_has_proposed():
    draft_id = await tariff.propose(version("1"), actor=MAKER, now=NOW)
    with pytest.raises(tariff.SamePerson):
        await tariff.approve(draft_id, actor=MAKER, now=NOW)
    assert await published() == []
    assert [each.id for each in await tariff.drafts()] == [draft_id]
    assert await audited() == [("OPERATOR:1", "PROPOSE_TARIFF")]


async def test_who_proposes_anew_and_who_publishes_just_then_wait_one_way_only():
    draft_id = await tariff.propose(version("1"), actor=MAKER, now=NOW)
    taken, goes_on = asyncio.Event(), asyncio.Event()

    async def proposes_anew() -> None:
        async with transaction():
            await lock_tariff(CODE)
            taken.set()
            await goes_on.wait()
            await run(
                "update tariff_draft set state = 'SUPERSEDED', decided_by = 'x', decided_at = $1",
                NOW,
            )

    proposing = asyncio.create_task(proposes_anew())
    await taken.wait()
    approving = asyncio.create_task(tariff.approve(draft_id, actor=CHECKER, now=NOW))
    while not await value("select count(*) from pg_locks where not granted"):
        assert not approving.done()
        await asyncio.sleep(0.01)
    goes_on.set()
    await proposing
    with pytest.raises(tariff.DraftNotOpen):
        await approving
    assert await published() == []


@pytest.mark.parametrize("actor", [SYSTEM, Actor("CUSTOMER", 3), Actor("OPERATOR")], ids=str)
async def test_only_operators_with_a_name_propose_and_publish(actor):
    with pytest.raises(tariff.OperatorsOnly):
        await tariff.propose(version("1"), actor=actor, now=NOW)
    assert await tariff.drafts() == ()
    draft_id = await tariff.propose(version("1"), actor=MAKER, now=NOW)
    with pytest.raises(tariff.OperatorsOnly):
        await tariff.approve(draft_id, actor=actor, now=NOW)
    assert await published() == []


async def test_a_draft_is_published_once_whoever_races():
    draft_id = await tariff.propose(version("1"), actor=MAKER, now=NOW)
    done = await asyncio.gather(
        *(tariff.approve(draft_id, actor=Actor("OPERATOR", n), now=NOW) for n in range(2, 7)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, tariff.Tariff) for each in done) == 1
    assert sum(isinstance(each, tariff.DraftNotOpen) for each in done) == 4
    assert await published() == ["1"]


async def test_a_draft_that_was_seen_cannot_change_under_the_second_person():
    first = await tariff.propose(version("1"), actor=MAKER, now=NOW)
    second = await tariff.propose(version("1", "2025-02-01"), actor=CHECKER, now=NOW)
    assert [each.id for each in await tariff.drafts()] == [second]
    with pytest.raises(tariff.DraftNotOpen):
        await tariff.approve(first, actor=CHECKER, now=NOW)
    assert await published() == []
    with pytest.raises(tariff.DraftUnknown):
        await tariff.approve(999, actor=CHECKER, now=NOW)


async def test_a_draft_that_does_not_fit_any_more_stays_a_draft():
    draft_id = await tariff.propose(version("2", "2025-01-01"), actor=MAKER, now=NOW)
    await tariff.publish(version("1", "2025-01-01"), now=NOW)
    with pytest.raises(tariff.TariffOverlap):
        await tariff.approve(draft_id, actor=CHECKER, now=NOW)
    assert await published() == ["1"]
    assert [each.id for each in await tariff.drafts()] == [draft_id]


async def test_nothing_that_is_invalid_or_unfit_becomes_a_draft():
    with pytest.raises(tariff.TariffInvalid, match=r"^\$\.version: "):
        await tariff.propose(version("") | {"version": 3}, actor=MAKER, now=NOW)
    await tariff.publish(version("1", "2025-01-01", "2026-01-01"), now=NOW)
    for name, first_day in (("1", "2026-01-01"), ("2", "2025-06-01"), ("2", "2026-02-01")):
        with pytest.raises((tariff.TariffVersionExists, tariff.TariffOverlap, tariff.TariffHole)):
            await tariff.propose(version(name, first_day), actor=MAKER, now=NOW)
    assert await tariff.drafts() == ()
    assert await audited() == []


async def test_a_first_version_holds_for_everybody_who_stands_there():
    await stands(since="2025-03-01")
    with pytest.raises(tariff.TariffHole):
        await tariff.publish(version("1", "2025-03-02"), now=NOW)
    assert await published() == []
    await tariff.publish(version("1", "2025-03-01"), now=NOW)


async def test_what_held_until_further_notice_does_not_end_under_an_account():
    await tariff.publish(version("1"), now=NOW)
    account_id = await stands(since="2025-03-01")
    with pytest.raises(tariff.TariffHole) as refused:
        await tariff.publish(version("2", "2026-01-01", "2027-01-01"), now=NOW)
    assert refused.value.fields["hole_from"].isoformat() == "2027-01-01"
    assert await published() == ["1"]
    await run("update agreement set valid_to = '2027-01-01' where account_id = $1", account_id)
    await tariff.publish(version("2", "2026-01-01", "2027-01-01"), now=NOW)
    await run("update agreement set valid_to = null")
    # It ended there already: a month's table that follows only makes the hole smaller.
    await tariff.publish(version("3", "2027-01-01", "2027-02-01"), now=NOW)
    assert await published() == ["1", "2", "3"]


@pytest.mark.parametrize(
    "sql",
    [
        "update tariff_version set document = '{}'",
        "update tariff_version set valid_to = '2026-06-01'",
        "delete from tariff_version",
        "truncate tariff_version",
        "update tariff_draft set document = '{}'",
        "update tariff_draft set state = 'OPEN', decided_by = null, decided_at = null",
        "delete from tariff_draft",
    ],
)
async def test_the_database_itself_keeps_what_is_published(sql):
    draft_id = await tariff.propose(version("1"), actor=MAKER, now=NOW)
    await tariff.approve(draft_id, actor=CHECKER, now=NOW)
    with pytest.raises(BaseORMException):
        await run(sql)
    assert await value("select document = $1::text::jsonb from tariff_version", _text()) is True


async def test_the_database_itself_wants_two_people():
    await tariff.propose(version("1"), actor=MAKER, now=NOW)
    alone = """update tariff_draft set state = 'PUBLISHED', decided_by = proposed_by,
               decided_at = $1"""
    with pytest.raises(BaseORMException, match="two_people"):
        await run(alone, NOW)


async def test_the_versions_of_a_tariff_are_told_with_their_days():
    await tariff.publish(version("1", "2025-01-01"), now=NOW)
    await tariff.publish(version("2", "2026-01-01", "2027-01-01"), now=NOW)
    found = [
        (each.tariff.version, each.first_day.isoformat(), each.until.isoformat())
        for each in await tariff.published(CODE)
    ]
    assert found == [("1", "2025-01-01", "2026-01-01"), ("2", "2026-01-01", "2027-01-01")]
    assert len(await tariff.published()) == 2
    assert await tariff.document_at(CODE, "1") == version("1", "2025-01-01")
    with pytest.raises(tariff.NoTariff):
        await tariff.document_at(CODE, "3")
    spans = await tariff.spans_at([CODE, "unknown"], NOW.date())
    assert spans[CODE].until.isoformat() == "2027-01-01"
    assert await tariff.spans_at([CODE], datetime(2027, 1, 1, tzinfo=UTC).date()) == {}


def _text() -> str:
    return packed(version("1"))
