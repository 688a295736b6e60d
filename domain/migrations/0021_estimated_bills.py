"""Bills whose registers were estimated are looked for every hour: what was measured since?"""

from tortoise import migrations
from tortoise.migrations import operations as ops

ESTIMATED = """
create index bill_estimated on bill (account_id)
  where estimated and kind = 'BILL' and state = 'ISSUED'
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0020_message_marks")]
    operations = [ops.RunSQL(ESTIMATED)]
