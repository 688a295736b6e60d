"""The second wall: which rows of a table a person may read, said to PostgreSQL (in migrations).

What no grant names, nobody reads but the house. The conditions call functions that the migration
`second_wall` made; each stands in a subselect, so that a statement asks it once, not row by row.
"""

READER = "feikong_reader"
"""The role that people read as. It owns nothing, writes nothing and cannot sign in."""

PERSON = "(select seen_person())"
ACCOUNTS = "any ((select seen_accounts())::bigint[])"
"""A customer's accounts: whoever watches one."""
SITES = "any ((select seen_sites())::bigint[])"
"""Those, and an inspector's: the places of what is still to be done."""
DISTRICTS = "any ((select seen_districts())::bigint[])"
"""An operator's districts; those of all districts have 0 among them, which stands for none."""
AREAS = "any ((select seen_areas())::bigint[])"
"""An operator's or an inspector's districts."""


def readable(table: str, *columns: str) -> str:
    """Return SQL: everybody may read the table, or these columns of it; it holds nobody's data."""
    return f"grant select {_listed(columns)} on {table} to {READER};"


def narrowed(table: str, condition: str, *columns: str) -> str:
    """Return SQL: only rows under the condition are read, and only these columns if any are named.

    The condition names the table's columns; the table's owner, the house, is not bound by it.
    """
    return (
        f"alter table {table} enable row level security;"
        f"create policy {table}_seen on {table} for select to {READER} using ({condition});"
        f"{readable(table, *columns)}"
    )


def of_account(table: str, seen: str = ACCOUNTS) -> str:
    """Return the condition on a table with `account_id`: seen by its customers and operators."""
    return f"account_id = {seen} or {in_district(table)}"


def in_district(table: str, seen: str = DISTRICTS) -> str:
    """Return the condition on a table with `account_id`: the account lies in such a district."""
    return (
        f"exists (select from account_place p where p.account_id = {table}.account_id"
        f" and p.district_id = {seen})"
    )


def of_meter(table: str) -> str:
    """Return the condition on a table with `meter_id`: like its account's, inspectors included."""
    return (
        f"meter_id = any (array(select m.meter_id from meter_place m where m.account_id = {SITES}))"
        " or exists (select from meter_place m join account_place p using (account_id)"
        f" where m.meter_id = {table}.meter_id and p.district_id = {DISTRICTS})"
    )


def _listed(columns: tuple[str, ...]) -> str:
    return f"({', '.join(columns)})" if columns else ""
