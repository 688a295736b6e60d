"""What a message says of bills is shown by the right to bills: not to tenants."""

from tortoise import migrations
from tortoise.migrations import operations as ops

MESSAGES = """
alter policy message_customer on message using (
  account_id = any ((select seen_accounts())::bigint[])
  and (kind not in ('BILL_ISSUED', 'BILL_CORRECTED')
       or account_id = any ((select seen_billed())::bigint[])))
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0016_people_behind_the_wall")]
    operations = [ops.RunSQL(MESSAGES)]
