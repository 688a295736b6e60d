"""A fact that is put aside says why."""

from tortoise import migrations
from tortoise.migrations import operations as ops

WHY = """
alter table outbox add column why text;
comment on column outbox.why is 'what the last attempt of a dead fact ended with';
create index outbox_dead on outbox (id) where dead;
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0014_watchers")]
    operations = [ops.RunSQL(WHY)]
