"""Bill runs that somebody asked for, and that go on where they stopped."""

from tortoise import migrations
from tortoise.migrations import operations as ops

RUNS = """
alter table bill_run add column reached bigint not null default 0, add column asked_by text;
comment on column bill_run.reached is 'accounts up to this id have been looked at';
create unique index bill_run_asked on bill_run (coalesce(district_id, 0))
  where asked_by is not null and ended_at is null;
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0010_push_wall")]
    operations = [ops.RunSQL(RUNS)]
