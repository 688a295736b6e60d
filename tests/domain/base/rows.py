"""A row of every table for an account, a meter and a person, made from the catalogue alone."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any, NamedTuple

from domain.base import rows, run, transaction

_numbers = count(1_000_000)
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)

_COLUMNS = """
select c.table_name, c.column_name, c.data_type, c.is_nullable = 'YES' as optional,
  c.column_default is not null or c.is_identity = 'YES' as given,
  coalesce(c.character_maximum_length, 200) as length
from information_schema.columns c
join pg_class t on t.relname = c.table_name and t.relkind in ('r', 'p') and not t.relispartition
where c.table_schema = 'public' order by c.table_name, c.ordinal_position
"""


class Place(NamedTuple):
    """Whose row it is."""

    account_id: int
    meter_id: int
    person_id: int
    district_id: int


# What a check or a policy wants to see; everything else follows from its type.
SPECIAL: dict[str, Any] = {
    "bill.kind": "BILL",
    "bill.state": "ISSUED",
    "bill.until": date(2026, 4, 1),
    "bill.total_fen": 1,
    "bill.issued_at": AT,
    "bill_cycle.reading_day": 1,
    "command.state": "VERIFIED",
    "command.verb": 1,
    "decision.evidence": "[]",
    "decision.verdict": "TRIP",
    "device.enrolled": True,
    "device.thumbprint": "t",
    "entitlement.until": None,
    "further_reading.export_wh": 1,
    "invitation.kind": "SET_UP",
    "ledger_account.balance_fen": 0,
    "person.role": "CUSTOMER",
    "push_device.kind": "WEB_PUSH",
    "tariff_draft.state": "OPEN",
    "tariff_version.valid_to": None,
    "access_code.role": "HOLDER",
}
THERE = {"account", "district", "meter", "person"}
"""What a place consists of."""

NAMES = {
    "account_id": "account_id",
    "meter_id": "meter_id",
    "person_id": "person_id",
    "district_id": "district_id",
}


async def columns() -> dict[str, list[dict[str, Any]]]:
    """Return the columns of every table; partitions stand under the table that they are of."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in await rows(_COLUMNS):
        found.setdefault(each.pop("table_name"), []).append(each)
    return {table: c for table, c in found.items() if not table.startswith("tortoise")}


async def fill(place: Place, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Insert a row of each table where its keys are free; foreign keys and triggers sleep."""
    async with transaction():
        await run("set local session_replication_role = replica")
        for table in tables.keys() - THERE:
            found = tables[table]
            wanted = [each for each in found if _is_wanted(table, each)]
            names = ", ".join(each["column_name"] for each in wanted)
            marks = ", ".join(f"${n + 1}" for n in range(len(wanted)))
            await run(
                f"insert into {table} ({names}) values ({marks}) on conflict do nothing",
                *(_value(table, each, place) for each in wanted),
            )


def _is_wanted(table: str, column: dict[str, Any]) -> bool:
    name = column["column_name"]
    if f"{table}.{name}" in SPECIAL or name in NAMES:
        return True
    return not column["optional"] and not column["given"]


def _value(table: str, column: dict[str, Any], place: Place) -> Any:
    name, kind = column["column_name"], column["data_type"]
    if f"{table}.{name}" in SPECIAL:
        return SPECIAL[f"{table}.{name}"]
    if name in NAMES:
        return getattr(place, NAMES[name])
    number = next(_numbers)
    return {
        "bigint": number,
        "integer": 1,
        "smallint": 1,
        "boolean": True,
        "timestamp with time zone": AT,
        "time without time zone": AT.time(),
        "date": AT.date(),
        "jsonb": "{}",
        "ARRAY": [],
    }.get(kind, f"{number}"[: column["length"]])
