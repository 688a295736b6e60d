"""What nobody thought of: schemathesis draws documents from the schema, and none makes us fail.

A case is a document sent by somebody: 2,000, or FUZZ_CASES=... more. The draw is derandomised: the
same schema gives the same documents. Subscriptions are not drawn.
"""

import os
from collections import Counter
from random import Random

import pytest
import schemathesis
from graphql import (
    ArgumentNode,
    IntValueNode,
    NullValueNode,
    ObjectFieldNode,
    StringValueNode,
    Visitor,
    parse,
    print_ast,
    visit,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api import schema_text
from api.graphql.node import global_id
from domain.base import value
from runtime import settings as runtime_settings
from tests.api.conftest import CUSTOMER, OPERATOR, Town

CASES = int(os.environ.get("FUZZ_CASES", "2000"))
KNOWN_P = 0.7
PEOPLE = {"customer": (CUSTOMER, "CUSTOMER"), "operator": (OPERATOR, "OPERATOR")}
SCALARS = {
    "Decimal": ["12.30", "-0.01", "999999999999999.99", "0", "1.001"],
    "DateTime": [
        *("2026-03-01T00:00:00+08:00", "2026-03-02T02:00:00Z", "2026-03-02T02:00:00"),
        *("1900-01-01T00:00:00+14:00", "2999-12-31T00:00:00Z", "2999-12-31T23:59:59-12:00"),
    ],
    "Date": ["2026-03-01", "1900-01-01", "2999-12-31", "2024-02-29", "9999-12-31"],
    "UUID": ["5f0c8a1e-3a86-4c9e-9d6b-0d2f6c7e8a90", "00000000-0000-0000-0000-000000000000"],
}


def drawn(cases: int) -> list[tuple[str, str]]:
    """Return (field, document) for so many cases, evenly over the fields of the schema."""
    for name, texts in SCALARS.items():
        values = [StringValueNode(value=text) for text in texts]
        schemathesis.graphql.scalar(name, st.sampled_from(values))
    found = schemathesis.graphql.from_file(schema_text())
    operations = [each.ok() for each in found.get_all_operations()]
    each = -(-cases // len(operations))
    documents: list[tuple[str, str]] = []
    drawing = settings(
        max_examples=each,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for operation in operations:
        cases = []
        drawing(given(operation.as_strategy())(_keeper(cases)))()
        documents += [(operation.label, case.body) for case in cases]
    return documents


def _keeper(cases):
    def keep(case):
        cases.append(case)

    return keep


class _Known(Visitor):
    """Puts what there is in the place of what was drawn, most of the time."""

    def __init__(self, world: dict[str, list[str]], random: Random) -> None:
        super().__init__()
        self.world = world
        self.random = random

    def enter_argument(self, node: ArgumentNode, *_):
        return self._known(node)

    def enter_object_field(self, node: ObjectFieldNode, *_):
        return self._known(node)

    def _known(self, node):
        name = node.name.value
        if self.random.random() > KNOWN_P:
            return None
        if name == "first":
            given = IntValueNode(value=str(self.random.randint(1, 5)))
        elif name in {"after", "code"}:
            given = NullValueNode()
        elif name in self.world:
            given = StringValueNode(value=self.random.choice(self.world[name]))
        else:
            return None
        return type(node)(name=node.name, value=given)


async def world_of(town: Town) -> dict[str, list[str]]:
    """Return what arguments of each name may point at."""
    kinds = ("Account", "Payment", "Refund", "Message", "Decision", "SupplyChange", "Command")
    kinds = (*kinds, "Task", "Bill")
    ids = [str(global_id(kind, n)) for kind in kinds for n in (1, 2)]
    command_id = await value("select max(id) from command")
    ids += [str(global_id("Command", command_id or 1)), "", "x", "é"]
    numbers = [town.home.number, town.neighbour.number, town.stranger.number, ""]
    return {
        "id": ids,
        "number": numbers,
        "accountNumber": numbers,
        "taskId": [str(global_id("Task", 1))],
        "billId": [str(global_id("Bill", 1))],
        "draftId": [str(global_id("TariffDraft", 1))],
        "exceptionId": [str(global_id("ReadingException", 1))],
        "phone": [CUSTOMER, OPERATOR],
        "inspectorPhone": ["13900000002", CUSTOMER],
        "channel": ["bank-D1"],
        "districtCode": ["D1"],
        "tariffCode": ["zhejiang-residential-tou"],
        "since": ["2026-03-01T00:00:00Z", "22:00"],
    }


@pytest.fixture
def rich():
    """Budgets that so many requests do not use up."""
    given = runtime_settings.settings()
    plenty = {"budget": 10**9, "sign_in_budget": 10**9, "push_contact": "ops@example.org"}
    runtime_settings.use(given.model_copy(update=plenty))
    yield
    runtime_settings.use(given)


@pytest.fixture
async def busy_town(rich, town: Town, clock) -> Town:
    await town.home.pays(2_345, at=clock.now())
    await town.home.reports(at=clock.now())
    await town.operator.run("Protect", number=town.home.number, why="test")
    return town


async def test_no_document_that_the_schema_allows_makes_us_fail(busy_town: Town):
    town = busy_town
    world, random = await world_of(town), Random(1)
    told: Counter[str] = Counter()
    documents = drawn(CASES // len(PEOPLE))
    for field, drawn_text in documents:
        text = print_ast(visit(parse(drawn_text), _Known(world, random)))
        for who, (phone, role) in PEOPLE.items():
            app = getattr(town, who)
            answer = await app.post({"query": text})
            if answer.status_code == 401:  # it has signed itself out
                app.token = (await app.signed_in(phone, role)).token
                answer = await app.post({"query": text})
            assert answer.status_code < 500, (field, who, text)
            codes = [each["extensions"]["code"] for each in answer.json().get("errors", ())]
            assert "INTERNAL" not in codes, (field, who, text)
            told[str(answer.status_code)] += 1
            told.update(codes or ["data"])
    assert told["data"] > len(documents) // 2, told
