"""PostgreSQL itself shows a tenant no bills, whatever a statement asks."""

import pytest

from domain import identity
from domain.base import run, value
from domain.identity import Sight
from tests import seed

BILL = """
insert into bill (account_id, id, kind, state, first_day, until, total_fen, basis, created_at,
                  issued_at)
values ($1, nextval('bill_id'), 'BILL', 'ISSUED', '2026-01-01', '2026-02-01', 100, '[]', now(),
        now())
"""


@pytest.mark.parametrize(("role", "seen"), [("TENANT", 0), ("FAMILY", 1), ("CLERK", 1)])
async def test_bills_are_behind_the_wall(database, clock, role, seen):
    now = clock.now()
    home = await seed.home(await seed.district(now=now), now=now)
    await run(BILL, home.account_id)
    person_id = await identity.enrol("13900000001", role="CUSTOMER")
    await identity.grant_access(person_id, home.account_id, role=role)

    async with Sight("CUSTOMER", person_id, None).reading():
        assert await value("select count(*) from account") == 1
        assert await value("select count(*) from bill") == seen
