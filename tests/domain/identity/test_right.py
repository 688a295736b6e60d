"""What a role gives, told once; the table of roles is the one of the database."""

from domain.base import value
from domain.identity import RIGHTS, Sight, Watcher, roles_with


def test_everybody_who_watches_sees_and_pays_and_only_the_holder_says_who_else_does():
    assert all({"SEE", "PAY"} <= rights for rights in RIGHTS.values())
    assert roles_with("WATCHERS") == "'HOLDER'"
    assert "TENANT" not in roles_with("BILLS")


def test_the_sight_of_a_customer_asks_for_the_right():
    condition, who = Sight("CUSTOMER", 7, None).accounts(right="BILLS")
    assert who == 7
    assert f"role in ({roles_with('BILLS')})" in condition


def test_a_phone_is_told_but_for_its_middle():
    seen = Watcher(1, "", "13912345678", "TENANT", None, is_guest=False).masked_phone
    assert seen == "139****5678"


async def test_the_database_knows_these_roles_and_no_others(database):
    check = await value(
        "select pg_get_constraintdef(oid) from pg_constraint where conname = 'account_access_role'"
    )
    assert all(f"'{role}'" in check for role in RIGHTS)
    assert check.count("::text") == len(RIGHTS)
