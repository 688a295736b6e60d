"""Nobody sees or does what is not theirs; not yours and not there look the same."""

from uuid import uuid4

from api.graphql.node import global_id
from domain import worklist
from domain.base import value
from tests.api.conftest import DOCUMENTS, INSPECTOR, counted, nodes
from tests.api.walk import SCHEMA, documents


async def test_every_kind_of_foreign_node_answers_null(town, app, clock):
    other = town.neighbour
    await other.pays(100, at=clock.now())
    await other.reports(at=clock.now())
    neighbour = await app.signed_in("13900000088", "CUSTOMER", accounts=[other.account_id])
    given = {"accountNumber": other.number, "kind": "METER", "idempotencyKey": str(uuid4())}
    await neighbour.run("ReportRepair", input=given)
    tables = {
        "Account": "account",
        "Payment": "payment",
        "Message": "message",
        "Task": "task",
        "RepairRequest": "repair_request",
        "Decision": "decision",
        "Command": "command",
        "SupplyChange": "supply_change",
    }
    found = 0
    for kind, table in tables.items():
        where = "id" if kind == "Account" else "account_id"
        line = await value(f"select max(id) from {table} where {where} = $1", other.account_id)
        if line is None:
            continue
        found += 1
        answer = await town.customer.run("Again", id=global_id(kind, line))
        assert answer == {"data": {"node": None}}
        if kind != "Task":
            assert (await neighbour.run("Again", id=global_id(kind, line)))["data"]["node"]
    assert found >= 5


AT_THE_DOOR = {
    each.root: each for each in documents(None) if each.forbidden and each.kind != "subscription"
}
"""A document for each root field that wants a sign-in."""
FOREIGN = {"id": "x", "number": "1", "phone": "1", "district": "D1", "serial": "1"}


async def asked(caller, root):
    document = AT_THE_DOOR[root]
    return await caller.send(document.text, **{name: FOREIGN[name] for name in document.takes})


async def test_without_a_sign_in_nothing_is_answered(app):
    assert {"viewer", "accounts", "startPayment", "closeAccount"} <= AT_THE_DOOR.keys()
    for root in AT_THE_DOOR:
        answer = await asked(app, root)
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED", root
        assert not any((answer.get("data") or {}).values())


OFFICE = (
    "tablets",
    "inviteTablet",
    "revokeTablet",
    "accounts",
    "districtStatistics",
    "districts",
    "readingExceptions",
    "controlSwitches",
    "assignTask",
    "protectAccount",
    "unprotectAccount",
    "setControlSwitch",
    "meterRounds",
    "billRuns",
    "heldBills",
    "tariffVersions",
    "tariffDrafts",
    "resolveReadingException",
    "releaseBill",
    "cancelBill",
    "proposeTariff",
    "publishTariff",
    "setQuietHours",
    "startBillRun",
    "correctBills",
    "closeAccount",
    "refundAccount",
    "grantEntitlement",
    "endEntitlement",
    "stateService",
    "withdrawReading",
)
CUSTOMERS = (
    "requestAccess",
    "bindAccount",
    "addWatcher",
    "removeWatcher",
    "startPayment",
    "reportRepair",
    "markMessagesRead",
)
TASKS = ("startTask", "completeTask")
NOT_FOR = {
    "customer": (*OFFICE, *TASKS, "stepUp", "tasks", "task", "repairRequests"),
    "inspector": (*OFFICE, *CUSTOMERS),
    "operator": (*CUSTOMERS, *TASKS),
}
TABLES = ("audit_entry", "task", "payment_order", "repair_request", "command", "tariff_draft")


async def test_what_is_not_for_a_kind_of_caller_is_forbidden(town):
    before = await counted(*TABLES)
    for who, names in NOT_FOR.items():
        for name in names:
            answer = await asked(getattr(town, who), name)
            assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN", (who, name)
    assert await counted(*TABLES) == before


async def test_a_forged_token_is_refused_at_the_door(town):
    town.customer.token += "x"
    answer = await town.customer.post({"query": "{ viewer { role } }"})
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def task_for(town, clock, home=None):
    home = home or town.home
    district = await value("select district_id from account where id = $1", home.account_id)
    task_id = await worklist.open_task(
        "CHECK_SUPPLY",
        district_id=district,
        account_id=home.account_id,
        meter_id=home.meter_id,
        key=f"test:{uuid4()}",
        detail={"why": "NO_EFFECT"},
        due_at=clock.now(),
        now=clock.now(),
    )
    return task_id, global_id("Task", task_id)


async def test_an_inspector_does_own_tasks_and_sees_what_they_need(town, clock):
    task_id, global_task = await task_for(town, clock)
    assert await value("select assignee_id from task where id = $1", task_id)

    edges = (await town.inspector.run("MyTasks"))["data"]["tasks"]["edges"]
    (node,) = [e["node"] for e in edges if e["node"]["id"] == global_task]
    assert node["accountNumber"] == town.home.number
    assert node["detail"] == [{"name": "why", "value": '"NO_EFFECT"'}]
    supply = "query($n: String!) { account(number: $n) { supply { state } %s } }"
    seen = await town.inspector.send(supply % "", n=town.home.number)
    assert seen["data"]["account"]
    money = await town.inspector.send(
        supply % "balance { available { amount } }", n=town.home.number
    )
    assert money["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    foreign = await town.inspector.send(supply % "", n=town.neighbour.number)
    assert foreign == {"data": {"account": None}}

    started = (await town.inspector.run("StartTask", id=global_task))["data"]["startTask"]
    done = (
        await town.inspector.run(
            "CompleteTask", id=global_task, outcome="RESOLVED", note="screwed tight"
        )
    )["data"]["completeTask"]
    assert started["task"]["state"] == "STARTED"
    assert (done["task"]["state"], done["task"]["outcome"]) == ("DONE", "RESOLVED")
    assert await town.inspector.send(supply % "", n=town.home.number) == {"data": {"account": None}}


async def test_an_inspector_cannot_touch_the_task_of_another(town, app, clock):
    task_id, global_task = await task_for(town, clock)
    other = await app.signed_in("13900000099", "INSPECTOR", district_id=town.district_id)

    assert (await other.run("OneTask", id=global_task)) == {"data": {"task": None}}
    answer = await other.run("StartTask", id=global_task)
    assert answer["data"]["startTask"]["userErrors"][0]["code"] == "TASK_UNKNOWN"
    assert await value("select state from task where id = $1", task_id) == "ASSIGNED"


async def test_an_operator_assigns_tasks_of_the_own_district_only(town, app, clock):
    task_id, global_task = await task_for(town, clock)
    await app.signed_in("13900000099", "INSPECTOR", district_id=town.district_id)

    far = await town.far_operator.run("Assign", id=global_task, phone="13900000099")
    near = await town.operator.run("Assign", id=global_task, phone="13900000099")
    nobody = await town.operator.run("Assign", id=global_task, phone="13900000001")

    assert far["data"]["assignTask"]["userErrors"][0]["code"] == "TASK_UNKNOWN"
    assert near["data"]["assignTask"]["userErrors"] == []
    assert nobody["data"]["assignTask"]["userErrors"][0]["code"] == "INSPECTOR_UNKNOWN"
    phone = await value(
        "select phone from person p join task t on t.assignee_id = p.id where t.id = $1", task_id
    )
    assert phone == "13900000099" != INSPECTOR


async def test_an_operator_sees_and_protects_the_own_district(town, clock):
    await town.home.reports(at=clock.now())
    data = (await town.operator.run("District"))["data"]

    numbers = {e["node"]["number"] for e in data["accounts"]["edges"]}
    assert numbers == {town.home.number, town.neighbour.number}
    assert data["accounts"]["totalCount"] == 2
    (statistics,) = nodes(data["districts"])
    assert (statistics["code"], statistics["controlledAccounts"]) == ("D1", 2)
    everywhere = (await town.chief.run("District"))["data"]
    assert everywhere["accounts"]["totalCount"] == 3
    on = (await town.operator.run("District", state="ON"))["data"]["accounts"]
    assert [e["node"]["number"] for e in on["edges"]] == [town.home.number]

    kept = await town.operator.run("Protect", number=town.home.number, why="hospital bed")
    assert kept["data"]["protectAccount"]["account"]["chargeControl"]["protected"]
    free = await town.operator.run("Unprotect", number=town.home.number)
    assert not free["data"]["unprotectAccount"]["account"]["chargeControl"]["protected"]


async def test_a_foreign_operator_protects_nothing(town):
    answer = await town.far_operator.run("Protect", number=town.home.number, why="x")
    assert answer["data"]["protectAccount"]["userErrors"][0]["code"] == "ACCOUNT_UNKNOWN"
    assert not await value("select protected from account where id = $1", town.home.account_id)
    assert await counted("audit_entry") == (0,)


async def test_only_an_operator_of_all_districts_sets_the_switches(town):
    refused = await town.operator.run("Switch", name="STOP_TRIPS", on=True)
    assert refused["data"]["setControlSwitch"]["userErrors"][0]["code"] == "WHOLE_DEPLOYMENT_ONLY"
    assert not await value("select is_on from control_switch where name = 'stop_trips'")

    await town.chief.run("Switch", name="STOP_TRIPS", on=True)
    assert await value("select is_on from control_switch where name = 'stop_trips'")
    assert await value("select count(*) from audit_entry where action = 'SET_SWITCH'") == 1


def test_the_documents_of_the_apps_use_every_mutation():
    text = "".join(DOCUMENTS.values())
    assert {name for name in SCHEMA.mutation_type.fields if name not in text} == set()
