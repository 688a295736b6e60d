"""Every field and mutation, as everybody, with foreign ids: no leak, no telling them from none."""

import io
import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import structlog

from domain.base import run
from domain.identity import RIGHTS
from runtime import logs
from runtime import settings as runtime_settings
from tests.api.walk import RULES, documents, everything
from tests.api.walk_asks import (
    REFUSED,
    Alike,
    absent,
    among,
    among_own,
    answer,
    asked_by,
    codes,
    hidden_from,
    is_answered_before,
    is_anybodys,
    told,
    variables,
)
from tests.api.walk_people import Caller, World
from tests.api.walk_world import build, moved
from tests.domain.base.rows import columns

CALLERS = (None, "CUSTOMER", "INSPECTOR", "OPERATOR")


@pytest.fixture(autouse=True)  # ruff: ignore[pytest-fixture-autouse] -- no test spends a budget
def _unbounded(_settings: None) -> None:
    """Nobody is refused for asking too much: a refusal would hide what is behind it."""
    changes = {"budget": 10**9, "sign_in_budget": 10**9}
    runtime_settings.use(runtime_settings.settings().model_copy(update=changes))


@pytest.fixture
async def world(app: Any, clock: Any) -> World:
    return await build(app, clock.now())


def test_the_walk_asks_for_every_field_of_the_schema() -> None:
    asked = {pair for kind in CALLERS for each in documents(kind) for pair in each.pairs}
    assert asked == everything()
    allowed = {
        pair
        for kind in CALLERS
        for each in documents(kind)
        if not each.forbidden
        for pair in each.pairs
    }
    assert allowed == everything(), "somebody may use it, or it is no use"
    assert RULES.keys() <= {".".join(pair) for pair in everything()}


async def only_the_first_wall() -> None:
    for table in await columns():
        await run(f"alter table {table} disable row level security")


async def read_their_own(callers: list[Caller]) -> dict[str, set[str]]:
    """Ask for all that is theirs; return each one's nodes, and what of the kept was told."""
    seen: dict[str, set[str]] = defaultdict(set)
    for caller in callers:
        for document in asked_by(caller, "query"):
            for given in [] if document.forbidden else variables(document, caller.own, None):
                found = await caller.app.post({"query": document.text, "variables": given})
                leaked = told(found.text, caller.foreign) | among(found.text, caller.withheld)
                assert leaked == set(), (caller.name, document.text)
                assert codes(found.text) <= REFUSED, (caller.name, document.text, found.text)
                if (found.json().get("data") or {}).get("node"):
                    seen[document.about].add(caller.name)
                for right, marks in caller.own.kept.items():
                    if caller.kind == "CUSTOMER" and among(found.text, marks):
                        seen[right].add(caller.name)
    return seen


async def test_whoever_reads_what_is_theirs_is_told_nothing_foreign(world: World) -> None:
    """Behind both walls, then with the first alone: the second hides what it lets through."""
    nodes = {each.about for each in documents("OPERATOR") if each.root == "node"} - {""}
    seen = await read_their_own(world.callers)
    assert seen.keys() - RIGHTS["HOLDER"] == nodes, "each kind is seen by somebody"
    await only_the_first_wall()
    seen = await read_their_own(world.callers + world.watchers)
    assert seen["BILLS"] == {"customer", "family", "clerk"}
    assert seen["WATCHERS"] == {"customer"}


async def test_what_is_not_yours_and_what_is_not_there_answer_alike(world: World) -> None:
    """With the first wall alone: the second would hide what the first lets through."""
    await only_the_first_wall()
    before, alike = await moved(), Alike()
    for caller in world.callers + world.watchers:
        for document in asked_by(caller, "query", "mutation"):
            if not document.takes or is_anybodys(document) or is_answered_before(document):
                continue
            spots = caller.foreign[:1] if document.forbidden else caller.foreign
            for spot in spots + hidden_from(caller, document):
                for given in variables(document, spot, caller.kind):
                    found = await alike(caller, document, given)
                    assert told(found[1], [spot]) == set()
    assert await moved() == before
    assert alike.asked > 250


async def test_one_foreign_name_among_ones_own_is_told_from_none_by_nobody(world: World) -> None:
    before, alike = await moved(), Alike()
    for caller in world.callers[1:] + world.watchers:
        for document in asked_by(caller, "mutation"):
            if len(document.takes) < 2 or document.forbidden or document.part:
                continue
            for name, spot, given in among_own(document, caller):
                found = await alike(caller, document, given, name)
                assert told(found[1], [spot]) == set()
    assert await moved() == before
    assert alike.asked > 20


async def test_what_a_rule_forbids_is_refused_even_of_what_is_ones_own(world: World) -> None:
    before, asked = await moved(), 0
    for caller in world.callers:
        refusal = {"FORBIDDEN" if caller.kind else "UNAUTHENTICATED"}
        for document in asked_by(caller, "query", "mutation"):
            deep = len(document.pairs) > 1  # below what was refused, or is not there
            if not document.forbidden or (deep and document.kind == "mutation"):
                continue
            for given in variables(document, caller.own, None):
                found = await caller.app.post({"query": document.text, "variables": given})
                data = found.json().get("data") or {}
                gone = deep and not codes(found.text) and told(found.text, world.spots) == set()
                assert codes(found.text) == refusal or gone, (caller.name, document.text, data)
                asked += 1
    assert await moved() == before
    assert asked > 150


async def test_nothing_is_watched_that_is_not_yours(world: World) -> None:
    before, alike = await moved(), Alike()
    for caller in world.callers + world.watchers:
        for document in asked_by(caller, "subscription"):
            if is_answered_before(document) or not (document.takes or document.forbidden):
                continue
            for spot in caller.foreign:
                for given in variables(replace(document, about="Command"), spot, caller.kind):
                    found = await alike(caller, document, given, accept="text/event-stream")
                    assert any(code in found[1] for code in REFUSED), found
                    assert told(found[1], [spot]) == set()
    assert await moved() == before


async def test_before_a_sign_in_a_known_phone_and_an_unknown_one_are_alike(world: World) -> None:
    nobody = world.callers[0]
    for document in documents(None):
        if not is_anybodys(document) or "phone" not in document.takes:
            continue
        for spot in world.spots:
            for phone in (spot.phone, spot.inspector_phone):
                known = await answer(nobody, document, {"phone": phone})
                unknown = await answer(nobody, document, absent({"phone": phone}, "phone"))
                assert known == unknown, document.text
                assert told(known[1], world.spots) == set()


async def test_what_one_does_to_oneself_tells_of_nobody_else(world: World) -> None:
    """Acts that name no place, the end of the session last."""
    for caller in world.callers[1:]:
        acts = [each for each in asked_by(caller, "mutation") if not each.takes]
        for document in sorted(acts, key=lambda each: each.root.startswith("signOut")):
            found = await caller.app.post({"query": document.text})
            assert told(found.text, caller.foreign) == set(), document.text
            assert codes(found.text) <= REFUSED | {"UNAUTHENTICATED"}, found.text


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Log as in production, and give what is written."""
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    logs.configure(level="debug", form="json", process="api")
    written = io.StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    root.handlers[:], root.level = handlers, level
    structlog.configure(**before)


# The house hears of an ended session a moment later: what is asked then depends on the load.
ENDS = ("endSession", "signOut")
BROKEN = {
    "mutation": "alter table payment_order add check (amount_fen < 0) not valid;"
    "alter table repair_request add check (description = '') not valid",
    "query": "alter table account_position rename to lost",
}


async def test_faults_are_logged_without_saying_whose_they_were(
    world: World, logged: io.StringIO
) -> None:
    faults = 0
    for kind, sql in BROKEN.items():
        for each in sql.split(";"):
            await run(each)
        for caller in world.callers:
            for document in asked_by(caller, kind):
                if document.forbidden or document.part or document.root.startswith(ENDS):
                    continue
                for given in variables(document, caller.own, None)[:1]:
                    found = await caller.app.post({"query": document.text, "variables": given})
                    for error in found.json().get("errors") or ():
                        faults += error["extensions"]["code"] == "INTERNAL"
                        said = json.dumps(error, ensure_ascii=False)
                        assert told(said, world.spots) == set()
    written = logged.getvalue()
    assert faults > 10
    assert written.count('"event": "graphql.fault"') == faults
    assert "violates check constraint" in written
    assert told(written, world.spots) == set()
    for secret in ("walk walk walk", "words of", *(c.app.token or "Bearer" for c in world.callers)):
        assert secret not in written
