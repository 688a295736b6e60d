"""A part of a bill that begins where nobody read says so, as the one that ended there does."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# Null where it was read: so it takes no room in the rows of the hot table.
ESTIMATED = """
alter table charge_segment add column estimated boolean;
comment on column charge_segment.estimated is 'true where its base was reckoned, not read';
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0028_entitlement_ids")]
    operations = [ops.RunSQL(ESTIMATED)]
