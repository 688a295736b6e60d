"""What was contracted is a thing of its own in lists, so it has an id."""

from tortoise import migrations
from tortoise.migrations import operations as ops

IDS = "alter table service_fact add column id bigint generated always as identity unique"


class Migration(migrations.Migration):
    dependencies = [("domain", "0029_reckoned_bases")]
    operations = [ops.RunSQL(IDS)]
