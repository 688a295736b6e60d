"""How far each person has read the messages of an account."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from domain.base import wall

MARKS = """
create table message_mark (
  person_id bigint not null references person,
  account_id bigint not null references account,
  through_id bigint not null,
  primary key (person_id, account_id)
);
comment on column message_mark.through_id is 'the newest message that the person has read';
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0019_scheduled_work")]
    operations = [
        ops.RunSQL(MARKS),
        ops.RunSQL(wall.narrowed("message_mark", f"person_id = {wall.PERSON}")),
    ]
