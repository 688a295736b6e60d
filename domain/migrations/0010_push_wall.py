"""People read of push what is their own, and never an address or a secret."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from domain.base import wall


class Migration(migrations.Migration):
    dependencies = [("domain", "0009_second_wall")]
    operations = [
        ops.RunSQL(wall.readable("push_key", "public_key")),
        ops.RunSQL(
            wall.narrowed(
                "push_device",
                f"person_id = {wall.PERSON}",
                "id",
                "person_id",
                "session_id",
                "kind",
                "name",
                "created_at",
                "taken_at",
            )
        ),
    ]
