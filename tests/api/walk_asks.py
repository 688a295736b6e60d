"""Asking the walk's documents, of one place or another, and comparing what is answered."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, product

from api.graphql.node import parsed_id
from domain.identity import RIGHTS
from tests.api.walk import RULES, Document, documents, identified
from tests.api.walk_people import Caller, Spot
from tests.api.walk_world import SHARED, missing

REFUSED = {"UNAUTHENTICATED", "FORBIDDEN", "STEP_UP_REQUIRED", "NOT_FOUND"}


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


def among(text: str, marks: set[str]) -> set[str]:
    return {mark for mark in marks if mark in text}


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


def is_answered_before(document: Document) -> bool:
    """Tell whether another part has had the same refusal: acts decline before they answer."""
    return document.kind != "query" and document.part > 0


def hidden_from(caller: Caller, document: Document) -> list[Spot]:
    """Return the caller's own place, where their role keeps from them what is asked for."""
    rights = {"Bill": "BILLS", "BillLine": "BILLS"}
    needed = rights.get(document.about, "SEE")
    kept = document.root == "node" and needed not in RIGHTS[caller.role]
    return [caller.own] if kept else []


@dataclass
class Alike:
    """Asks the same of what is foreign and of what is not there; the latter only once."""

    asked: int = 0
    none: dict[tuple[str, str, str], tuple[int, str]] = field(default_factory=dict)

    async def __call__(
        self, caller: Caller, document: Document, given: dict[str, str], *names: str, **headers: str
    ) -> tuple[int, str]:
        found = await answer(caller, document, given, **headers)
        key = parsed_id(given.get("id", ""))
        at = (caller.name, document.text, key.kind if key else "")
        if names:  # what stays is the caller's own
            at = (*at[:2], f"{at[2]} {names}")
        if at not in self.none:
            absence = absent(given, *(names or document.takes))
            self.none[at] = await answer(caller, document, absence, **headers)
        assert found == self.none[at], (caller.name, document.text, given)
        self.asked += 1
        return found
