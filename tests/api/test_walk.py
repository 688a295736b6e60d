"""Every field and mutation, as everybody, with foreign ids: no leak, no telling them from none."""

import io
import json
import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, product
from typing import Any

import pytest
import structlog

from api.graphql._node import parsed_id
from domain.base import run
from runtime import logs
from runtime import settings as runtime_settings
from tests.api.walk import RULES, Document, documents, everything, identified
from tests.api.walk_world import SHARED, Caller, Spot, World, build, missing, moved
from tests.domain.base.rows import columns

CALLERS = (None, "CUSTOMER", "INSPECTOR", "OPERATOR")
REFUSED = {"UNAUTHENTICATED", "FORBIDDEN", "STEP_UP_REQUIRED", "NOT_FOUND"}


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


def variables(document: Document, spot: Spot, kind: str | None) -> list[dict[str, str]]:
    """Return what the document's variables are for this place: one id of each kind in turn."""
    given = {
        "number": spot.number,
        "phone": spot.inspector_phone,
        "district": spot.district,
        "serial": spot.serial,
    }
    if "id" not in document.takes:
        return [{name: given[name] for name in document.takes}]
    kinds = [document.about] if document.about else identified()
    found = [
        {name: given.get(name) or spot.ids[each][0] for name in document.takes}
        for each in kinds
        if spot.ids.get(each) and not (each in SHARED and kind == "OPERATOR")
    ]
    return found[:1] if document.forbidden or document.part else found


_phones = count(13800000000)


def absent(given: dict[str, str], *names: str) -> dict[str, str]:
    """Return the same variables with these naming what does not exist."""
    none = {
        "id": missing(given["id"]) if "id" in given else "",
        "number": "3399999999",
        "phone": str(next(_phones)),
        "district": "D9",
        "serial": "M99999999",
    }
    return given | {name: none[name] for name in names}


async def answer(
    caller: Caller, document: Document, given: dict[str, str], **headers: str
) -> tuple[int, str]:
    """Return status and body, with what was sent and the request's id blotted out."""
    body = {"query": document.text, "variables": given}
    found = await caller.app.post(body, **headers)
    text = re.sub(r'"requestId":"\w+"', "", found.text)
    for name, sent in given.items():
        text = text.replace(sent, f"<{name}>")
    return found.status_code, text


def told(text: str, spots: list[Spot]) -> set[str]:
    return {mark for spot in spots for mark in spot.marks if mark in text}


def codes(text: str) -> set[str]:
    errors = json.loads(text).get("errors") or ()
    return {each["extensions"]["code"] for each in errors}


def asked_by(caller: Caller, *kinds: str) -> list[Document]:
    return [each for each in documents(caller.kind) if each.kind in kinds]


def is_anybodys(document: Document) -> bool:
    """Tell whether it is for those who have not signed in: it names no place, but phones."""
    return document.kind == "mutation" and RULES[f"Mutation.{document.root}"].kinds is None


def among_own(document: Document, caller: Caller) -> Iterator[tuple[str, Spot, dict[str, str]]]:
    """Yield the document's variables with one of a foreign place among those of one's own."""
    for own in variables(document, caller.own, None):
        for name, spot in product(sorted(document.takes), caller.foreign):
            if name == "id":
                key = parsed_id(own[name])
                assert key is not None
                ids = spot.ids.get(key.kind) or [missing(own[name])]
                yield name, spot, own | {name: ids[0]}
            else:
                yield name, spot, own | {name: variables(document, spot, None)[0][name]}


async def only_the_first_wall() -> None:
    for table in await columns():
        await run(f"alter table {table} disable row level security")


@pytest.mark.parametrize("walls", ["both", "the first alone"])
async def test_whoever_reads_what_is_theirs_is_told_nothing_foreign(
    world: World, walls: str
) -> None:
    if walls != "both":
        await only_the_first_wall()
    seen: dict[str, set[str]] = defaultdict(set)
    for caller in world.callers:
        for document in asked_by(caller, "query"):
            for given in [] if document.forbidden else variables(document, caller.own, None):
                found = await caller.app.post({"query": document.text, "variables": given})
                assert told(found.text, caller.foreign) == set(), (caller.name, document.text)
                assert codes(found.text) <= REFUSED, (caller.name, document.text, found.text)
                if (found.json().get("data") or {}).get("node"):
                    seen[document.about].add(caller.name)
    nodes = {each.about for each in documents("OPERATOR") if each.root == "node"} - {""}
    assert seen.keys() == nodes, "each kind is seen by somebody, or the walk proves nothing"


async def test_what_is_not_yours_and_what_is_not_there_answer_alike(world: World) -> None:
    """With the first wall alone: the second would hide what the first lets through."""
    await only_the_first_wall()
    before, asked = await moved(), 0
    for caller in world.callers:
        for document in asked_by(caller, "query", "mutation"):
            if not document.takes or is_anybodys(document):
                continue
            for spot in caller.foreign[:1] if document.forbidden else caller.foreign:
                for given in variables(document, spot, caller.kind):
                    foreign = await answer(caller, document, given)
                    none = await answer(caller, document, absent(given, *document.takes))
                    assert foreign == none, (caller.name, document.text, given)
                    assert told(foreign[1], [spot]) == set()
                    asked += 1
    assert await moved() == before
    assert asked > 250


async def test_one_foreign_name_among_ones_own_is_told_from_none_by_nobody(world: World) -> None:
    before, asked = await moved(), 0
    for caller in world.callers[1:]:
        for document in asked_by(caller, "mutation"):
            if len(document.takes) < 2 or document.forbidden or document.part:
                continue
            for name, spot, given in among_own(document, caller):
                foreign = await answer(caller, document, given)
                none = await answer(caller, document, absent(given, name))
                assert foreign == none, (caller.name, document.text, given)
                assert told(foreign[1], [spot]) == set()
                asked += 1
    assert await moved() == before
    assert asked > 20


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
    before = await moved()
    for caller in world.callers:
        for document in asked_by(caller, "subscription"):
            for spot in caller.foreign if document.takes or document.forbidden else ():
                for given in variables(replace(document, about="Command"), spot, caller.kind):
                    foreign = await answer(caller, document, given, accept="text/event-stream")
                    none = absent(given, *document.takes)
                    assert foreign == await answer(
                        caller, document, none, accept="text/event-stream"
                    )
                    assert any(code in foreign[1] for code in REFUSED), foreign
                    assert told(foreign[1], [spot]) == set()
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
    handlers, level = root.handlers[:], root.level
    logs.configure(level="debug", form="json", process="api")
    written = io.StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


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
                if document.forbidden or document.part or document.root.startswith("signOut"):
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
