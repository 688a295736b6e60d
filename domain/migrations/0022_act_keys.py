"""What somebody asked for under a key is done once."""

from tortoise import migrations
from tortoise.migrations import operations as ops

KEYS = """
create table act_key (
  person_id bigint not null references person,
  act text not null,
  key text not null,
  content_hash text not null,
  answer jsonb not null default '{}',
  at timestamptz not null,
  primary key (person_id, act, key)
);
comment on column act_key.answer is 'ids and sums of the first answer, for those who ask again';
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0021_estimated_bills")]
    operations = [ops.RunSQL(KEYS)]
