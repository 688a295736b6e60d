"""Who watches an account sees what the role gives: a tenant no bills, which tell of others."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from domain.base import wall

BILLED = (
    "account_id = any (array(select x.account_id from account_access x"
    f" where x.person_id = {wall.PERSON} and x.role <> 'TENANT'))"
)


def shown(table: str) -> str:
    """Return SQL: customers see the table's rows only where their role shows them bills."""
    return f"alter policy {table}_customer on {table} using ({BILLED});"


class Migration(migrations.Migration):
    dependencies = [("domain", "0013_meter_round")]
    operations = [ops.RunSQL(shown("bill")), ops.RunSQL(shown("bill_line"))]
