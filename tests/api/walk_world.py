"""Three places, each full of what belongs to it."""

import re
from collections.abc import Iterable
from itertools import count
from typing import Any

from api.graphql.node import global_id, parsed_id
from domain import billing, field_service, identity, payment, tariff, worklist
from domain.base import Actor, rows, run, value
from tests import seed
from tests.api.conftest import App
from tests.api.walk import identified
from tests.api.walk_people import Spot, World, sign_in_all, sign_in_watchers
from tests.domain.base.rows import Place, columns, fill
from tests.domain.billing.homes import OPENED, at, bill, home

TABLES = {
    "DistrictStatistics": "district",
    "OpenSession": "session",
    "ServiceFacts": "service_fact",
    "Tablet": "device",
    "Watcher": "account_access",
}
"""Where what has an id stands, if not in the table of its name."""
SHARED = {"TariffVersion", "TariffDraft"}
"""Of the whole deployment: every operator may see them."""
OWNERS = ("account_id", "meter_id", "person_id", "assignee_id")
_numbers = count(10**14)


def missing(like: str) -> str:
    """Return the id of something of the same kind that does not exist."""
    key = parsed_id(like)
    assert key is not None
    return str(global_id(key.kind, next(_numbers)))


async def build(app: App, now: Any) -> World:
    """Fill three places: two in one district, one in another."""
    districts = [await seed.district(code, now=OPENED) for code in ("D1", "D2")]
    spots = [
        await _spot(name, districts[code == "D2"], code, k)
        for k, (name, code) in enumerate((("own", "D1"), ("next", "D1"), ("far", "D2")))
    ]
    await bill("2026-02-01")
    for spot in spots:
        await spot_home(spot).read(at("2026-03-01"), peak_wh=900_000, valley_wh=200_000)
    await bill("2026-03-01", checks=billing.Checks(spike_times=1, spike_from_wh=0, spike_bills=1))
    for k, spot in enumerate(spots):
        await _lived(spot, 1_234_567 + 1_010_101 * k, now=now)
    document = tariff.catalogued(seed.TARIFF) | {"code": "walk"}
    await tariff.propose(document, actor=Actor("OPERATOR", 99), now=now)
    callers = await sign_in_all(app, spots)
    watchers = await sign_in_watchers(app, spots)
    for spot in spots:
        await _complete(spot)
    texts = [await _texts(spot) for spot in spots]
    for k, spot in enumerate(spots):
        others = set[str]().union(*(each for j, each in enumerate(texts) if j != k))
        spot.marks = {text for text in texts[k] - others if _is_telling(text)}
    spots[0].kept = _kept(spots[0])
    return World(callers, watchers, spots)


_homes: dict[str, Any] = {}


def spot_home(spot: Spot) -> Any:
    return _homes[spot.name]


async def _spot(name: str, district_id: int, code: str, k: int) -> Spot:
    made = await home(district_id, fen=5_000_000)
    _homes[name] = made
    phone, inspector_phone = f"1391234567{k}", f"1397654321{k}"
    person_id = await identity.enrol(phone, role="CUSTOMER", name=f"人{name}-7391")
    inspector_id = await identity.enrol(
        inspector_phone, role="INSPECTOR", name=f"检{name}-7391", district_id=district_id
    )
    await identity.grant_access(person_id, made.account_id)
    await made.read(at("2026-02-01"), peak_wh=300_000, valley_wh=100_000)
    place = Place(made.account_id, made.seeded.meter_id, person_id, district_id)
    named = made.seeded.number, made.seeded.serial, code
    return Spot(name, place, *named, phone, inspector_phone, inspector_id)


_BILL_MESSAGE = """
insert into message (account_id, phone, kind, locale, key, text, state, created_at)
values ($1, '', 'BILL_ISSUED', 'zh-CN', $2, $2, 'SENT', now())
"""


async def _lived(spot: Spot, fen: int, *, now: Any) -> None:
    account_id = spot.place.account_id
    await payment.settle(
        payment.Notice(
            channel=f"bank-{spot.district}",
            reference=f"reference-{spot.name}-7391",
            amount_fen=fen,
            currency="CNY",
            paid_at=now,
            account=spot.number,
        ),
        now=now,
    )
    await spot_home(spot).seeded.reports(at=now)
    if spot.name != "next":  # inspectors see what was reported anywhere in their district
        await field_service.report_repair(
            account_id,
            person_id=spot.place.person_id,
            kind="METER",
            description=f"报修{spot.name}-7391",
            idempotency_key=f"repair-{spot.name}",
            now=now,
        )
    task_id = await worklist.open_task(
        "CHECK_SUPPLY",
        district_id=spot.place.district_id,
        account_id=account_id,
        meter_id=spot.place.meter_id,
        key=f"walk-{spot.name}",
        detail={"why": f"工单{spot.name}-7391"},
        due_at=now,
        now=now,
    )
    await run("update task set assignee_id = null where account_id = $1", account_id)
    if spot.name != "next":
        await run("update task set assignee_id = $2 where id = $1", task_id, spot.inspector_id)
    await run(
        "update account set name = $2, protected_why = $3 where id = $1",
        account_id,
        f"户{spot.name}-7391",
        f"保电{spot.name}-7391",
    )
    await run(
        "update usage_point set address = $2 where account_id = $1",
        account_id,
        f"址{spot.name}-7391",
    )
    await run("update message set text = text || $2 where account_id = $1", account_id, spot.name)
    await run(_BILL_MESSAGE, account_id, f"账单{spot.name}-7391")


def _kept(spot: Spot) -> dict[str, set[str]]:
    """Return what tells of bills, and of the holder who watches; the balance tells of sums."""
    bills = {f'"{each}"' for each in spot.ids["Bill"]}
    holder = f'"{global_id("Watcher", spot.place.person_id)}"'
    return {
        "BILLS": bills | {f"账单{spot.name}-7391"},
        "WATCHERS": {holder, f"人{spot.name}-7391"},
    }


async def _complete(spot: Spot) -> None:
    """Give the place a row of every kind that has an id, and note their ids."""
    tables = await columns()
    for kind in identified():
        table = TABLES.get(kind) or re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()
        ids = await _ids(spot, kind, table)
        if not ids and (kind, spot.name) != ("RepairRequest", "next"):
            person_id = spot.inspector_id if kind == "Tablet" else spot.place.person_id
            await fill(spot.place._replace(person_id=person_id), {table: tables[table]})
            ids = await _ids(spot, kind, table)
        spot.ids[kind] = [str(global_id(kind, each)) for each in ids]


async def _ids(spot: Spot, kind: str, table: str) -> list[int]:
    found = await rows(f"select * from {table} order by id desc")
    names = [n for n in (*OWNERS, "district_id") if found and n in found[0]]
    wanted = {
        "account_id": spot.place.account_id,
        "meter_id": spot.place.meter_id,
        "person_id": spot.place.person_id,
        "district_id": spot.place.district_id,
    }
    if kind == "Account":
        return [spot.place.account_id]
    if kind == "DistrictStatistics":
        return [spot.place.district_id]
    if kind == "Tablet":
        wanted["person_id"] = spot.inspector_id
    if kind == "Watcher":  # named by the person
        watching = [each for each in found if each["account_id"] == wanted["account_id"]]
        return [each["person_id"] for each in reversed(watching)]
    if kind in SHARED:
        return [each["id"] for each in found]
    return [each["id"] for each in found if each[names[0]] == wanted[names[0]]] if names else []


_MONEY = """
select amount_fen as fen from payment where account_id = $1
union select available_fen from account_position where account_id = $1
union select total_fen from bill where account_id = $1
"""


async def _texts(spot: Spot) -> set[str]:
    """Return every text of the place's rows, its amounts, and the ids of its kinds."""
    mine = {
        "account_id": {spot.place.account_id},
        "meter_id": {spot.place.meter_id},
        "person_id": {spot.place.person_id, spot.inspector_id},
    }
    found: set[str] = set()
    for table in await columns():
        lines = await rows(f"select * from {table}")
        names = [n for n in mine if lines and n in lines[0]]
        if table in {"account", "person"}:
            owner = "account_id" if table == "account" else "person_id"
            found |= _of([each for each in lines if each["id"] in mine[owner]])
        elif names:
            found |= _of([each for each in lines if each[names[0]] in mine[names[0]]])
    for each in await rows(_MONEY, spot.place.account_id):
        fen = each["fen"] or 0
        found.add(f"{fen // 100}.{fen % 100:02}")
    return found | {each for kind in spot.ids.keys() - SHARED for each in spot.ids[kind]}


def _of(lines: Iterable[dict[str, Any]]) -> set[str]:
    return {text for line in lines for text in line.values() if isinstance(text, str)}


def _is_telling(text: str) -> bool:
    """Tell whether nobody would come upon the text by chance."""
    return len(text) >= 6 and (any(c.isdigit() for c in text) or not text.isascii())


NOTED = {"access_code", "outbox", "reading"}
"""That somebody asked to watch an account is noted, and told, whether or not there is one."""


async def moved() -> dict[str, Any]:
    """Return a sum of every table: the same as before where nothing has moved."""
    return {
        table: await value(
            "select count(*) || md5(coalesce(string_agg(t::text || xmin, '' order by t::text), ''))"
            f" from {table} t"
        )
        for table in await columns()
        if table not in NOTED
    }
