"""What must not be null says so: an answer that the database writes then fails as a whole."""

from tortoise import migrations
from tortoise.migrations import operations as ops

NEVER = """
create function never() returns text language plpgsql as $$
begin
  raise 'null where there is a value for certain' using errcode = 'null_value_not_allowed';
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0024_void_by_key")]
    operations = [ops.RunSQL(NEVER)]
