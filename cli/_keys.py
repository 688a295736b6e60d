"""`feikong keys`: the keys that sign access tokens, and the one under which secrets are kept."""

import typer
from rich.console import Console
from rich.table import Table

from auth import new_key
from domain import identity
from domain.base import Actor
from runtime import clock

from ._secrets import reseal
from ._session import asked

keys = typer.Typer(
    help="Keys of access tokens: list, rotate; seal what is kept.", no_args_is_help=True
)


@keys.command("list")
def list_command() -> None:
    """List the keys in use, newest first: each with the moment from which it signs."""

    async def work() -> tuple[identity.SigningKey, ...]:
        return await identity.signing_keys(wall=clock.wall(), make=new_key)

    table = Table("kid", "signs from")
    for each in asked("keys", work):
        table.add_row(each.kid, f"{each.signs_from:%Y-%m-%d %H:%M:%S %Z}")
    Console().print(table)


@keys.command("rotate")
def rotate_command() -> None:
    """Publish a new key; it signs a minute later, when every process knows it.

    The old one verifies until its tokens are over. The schedule does the same every 30 days.
    """

    async def work() -> str | None:
        return await identity.rotate_keys(
            make=new_key, wall=clock.wall(), actor=Actor("SYSTEM", "cli")
        )

    print(f"key {asked('keys', work)} signs in {int(identity.KEY_LEAD.total_seconds())} seconds")


@keys.command("seal")
def seal_command() -> None:
    """Keep second factors, private keys and channels' secrets under the first FEIKONG_SECRETS_KEY.

    For who has set one, or a new one before the old. Without any they are kept as they are.
    """
    print(f"{asked('keys', reseal)} secrets are kept anew")
