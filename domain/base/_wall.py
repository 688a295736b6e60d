"""The second wall: which rows of a table a person may read, said to PostgreSQL (in migrations).

People read as one of three roles, by what they are, so that a statement is planned with the one
condition that holds for them. What no grant names, nobody reads but the house; where a role has no
policy, it sees no row. The conditions call functions of the migration `second_wall`, each from a
subselect, so that a statement asks once and not row by row.
"""

READER = "feikong_reader"
"""Holds the grants. It owns nothing, writes nothing and cannot sign in."""

CUSTOMER = "feikong_customer"
INSPECTOR = "feikong_inspector"
OPERATOR = "feikong_operator"
KINDS = (CUSTOMER, INSPECTOR, OPERATOR)
"""Its members: who somebody is to PostgreSQL."""

PERSON = "(select seen_person())"
ACCOUNTS = "any ((select seen_accounts())::bigint[])"
"""The accounts that a customer watches, or the places of an inspector's open tasks."""
DISTRICTS = "any ((select seen_districts())::bigint[])"
"""A member of staff's districts; those of all districts have 0 among them: of no district."""

OF_ACCOUNT = f"account_id = {ACCOUNTS}"
"""The condition on a table with `account_id`."""
OF_METER = (
    f"meter_id = any (array(select m.meter_id from meter_place m where m.account_id = {ACCOUNTS}))"
)
"""The condition on a table with `meter_id`."""


def readable(table: str, *columns: str) -> str:
    """Return SQL: everybody may read the table, or these columns of it; it holds nobody's data."""
    named = f"({', '.join(columns)})" if columns else ""
    return f"grant select {named} on {table} to {READER};"


def narrowed(
    table: str,
    condition: str | None = None,
    *columns: str,
    customer: str | None = None,
    inspector: str | None = None,
    operator: str | None = None,
) -> str:
    """Return SQL: of the table only rows under a condition are read, and only these columns.

    The first condition is everybody's, the others one role's; whoever has none sees no row. They
    name the table's columns. Its owner, the house, is not bound by them.
    """
    given = {READER: condition, CUSTOMER: customer, INSPECTOR: inspector, OPERATOR: operator}
    policies = (
        f"create policy {table}_{role.removeprefix('feikong_')} on {table} for select to {role}"
        f" using ({each});"
        for role, each in given.items()
        if each
    )
    secured = f"alter table {table} enable row level security;"
    return secured + "".join(policies) + readable(table, *columns)


def of_account(table: str, *columns: str, inspected: bool = False) -> str:
    """Return SQL: rows of a table with `account_id` are read by the account's customers and
    operators; where `inspected`, also by inspectors with an open task there.
    """
    return narrowed(
        table,
        None,
        *columns,
        customer=OF_ACCOUNT,
        inspector=OF_ACCOUNT if inspected else None,
        operator=in_district(table),
    )


def of_meter(table: str) -> str:
    """Return SQL: the same for a table with `meter_id`, inspectors included."""
    placed = (
        "exists (select from meter_place m join account_place p using (account_id)"
        f" where m.meter_id = {table}.meter_id and p.district_id = {DISTRICTS})"
    )
    return narrowed(table, customer=OF_METER, inspector=OF_METER, operator=placed)


def in_district(table: str) -> str:
    """Return the condition on a table with `account_id`: the account lies in one's districts."""
    return (
        f"exists (select from account_place p where p.account_id = {table}.account_id"
        f" and p.district_id = {DISTRICTS})"
    )
