"""Entitlements are told in pages, so each has a place in a list."""

from tortoise import migrations
from tortoise.migrations import operations as ops

IDS = "alter table entitlement add column id bigint generated always as identity unique"


class Migration(migrations.Migration):
    dependencies = [("domain", "0027_translations")]
    operations = [ops.RunSQL(IDS)]
