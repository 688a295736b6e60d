"""Messages are kept in every language that is spoken here, for whoever watches the account."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from domain.base import wall

TRANSLATIONS = """
alter table message add column translations jsonb,
  add constraint message_secret
    check (translations is null or kind not in ('SIGN_IN_CODE', 'ACCESS_CODE'));
comment on column message.translations is
  'the text in the languages it was not sent in; none: nobody else reads it, or it is older'
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0026_one_statement")]
    operations = [
        ops.RunSQL(TRANSLATIONS),
        ops.RunSQL(wall.readable("message", "translations")),
    ]
