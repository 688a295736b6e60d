"""`feikong staff`: who works here, how they come to sign in, and their tablets."""

from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from auth import new_secret_code, password_hash, spaced, token_hash
from domain import customer, identity
from domain.base import Actor
from domain.identity import Invites
from runtime import clock
from runtime.settings import settings

from ._session import asked

staff = typer.Typer(help="Staff: add, list, invite, password, reset-factor, retire, tablets.")
tablet = typer.Typer(help="Tablets of inspectors: invite, list, revoke.", no_args_is_help=True)
staff.add_typer(tablet, name="tablet")

Phone = Annotated[str, typer.Argument(help="The phone number by which they sign in.")]

_ACTOR = Actor("SYSTEM", "cli")
_HOURS = int(identity.INVITATION_LIFE.total_seconds()) // 3600


@staff.command("add")
def add_command(
    phone: Phone,
    role: Annotated[Literal["INSPECTOR", "OPERATOR"], typer.Option(help="What they are.")],
    name: Annotated[str, typer.Option(help="Their name.")],
    district: Annotated[
        str | None, typer.Option(help="Code of their district; operators of all have none.")
    ] = None,
) -> None:
    """Make somebody known and print the code by which they set up their sign-in."""

    async def work() -> str:
        district_id = await customer.district_by_code(district) if district else None
        person_id = await identity.add_staff(
            identity.plain_phone(phone),
            role=role,
            name=name,
            district_id=district_id,
            locale=settings().locale,
            actor=_ACTOR,
            wall=clock.wall(),
        )
        return await _invitation(person_id, "SET_UP")

    _print_invitation(asked("staff", work), "beginSetUp")


@staff.command("list")
def list_command() -> None:
    """List inspectors and operators."""
    table = Table("phone", "name", "role", "district", "active", "set up")
    for each in asked("staff", identity.staff):
        table.add_row(
            each.phone,
            each.name,
            each.role,
            each.district or "all",
            "yes" if each.active else "no",
            "yes" if each.set_up else "no",
        )
    Console().print(table)


@staff.command("invite")
def invite_command(phone: Phone) -> None:
    """Print a new code by which somebody sets up password and second factor, also anew."""
    _print_invitation(_invited(phone, "SET_UP"), "beginSetUp")


@staff.command("password")
def password_command(
    phone: Phone,
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar=[])
    ],
) -> None:
    """Set a password, asked for on the terminal; the person is signed out everywhere."""

    async def work() -> None:
        person_id = await identity.staff_named(identity.plain_phone(phone))
        hashed = await password_hash(password)
        await identity.set_password(person_id, hashed, actor=_ACTOR, wall=clock.wall())

    asked("staff", work)
    print("The password is set; sessions have ended.")


@staff.command("reset-factor")
def reset_factor_command(phone: Phone) -> None:
    """Forget a lost second factor and print the code by which a new one is set up."""

    async def work() -> str:
        person_id = await identity.staff_named(identity.plain_phone(phone))
        await identity.reset_factor(person_id, actor=_ACTOR, wall=clock.wall())
        return await _invitation(person_id, "SET_UP")

    _print_invitation(asked("staff", work), "beginSetUp")


@staff.command("retire")
def retire_command(phone: Phone) -> None:
    """Let somebody sign in no more; their sessions end at once."""

    async def work() -> None:
        person_id = await identity.staff_named(identity.plain_phone(phone))
        await identity.retire_staff(person_id, actor=_ACTOR, wall=clock.wall())

    asked("staff", work)
    print("Signs in no more.")


@tablet.command("invite")
def invite_tablet_command(phone: Phone) -> None:
    """Print the code by which an inspector's tablet is enrolled."""
    _print_invitation(_invited(phone, "DEVICE"), "enrolTablet")


@tablet.command("list")
def list_tablets_command() -> None:
    """List enrolled tablets, newest first."""
    table = Table("number", "name", "phone", "person", "enrolled", "revoked")
    for each in asked("staff", identity.devices):
        revoked = f"{each.revoked_at:%Y-%m-%d %H:%M}" if each.revoked_at else ""
        enrolled = f"{each.created_at:%Y-%m-%d %H:%M}"
        table.add_row(str(each.id), each.name, each.phone, each.person, enrolled, revoked)
    Console().print(table)


@tablet.command("revoke")
def revoke_tablet_command(
    number: Annotated[int, typer.Argument(help="The tablet's number in the list.")],
) -> None:
    """Keep a tablet out; its sessions end at once."""

    async def work() -> None:
        await identity.revoke_device(number, actor=_ACTOR, wall=clock.wall())

    asked("staff", work)
    print("The tablet is kept out.")


def _invited(phone: str, kind: Invites) -> str:
    async def work() -> str:
        return await _invitation(await identity.staff_named(identity.plain_phone(phone)), kind)

    return asked("staff", work)


async def _invitation(person_id: int, kind: Invites) -> str:
    code = new_secret_code()
    await identity.invite(
        person_id, kind, code_hash=token_hash(code), actor=_ACTOR, wall=clock.wall()
    )
    return spaced(code)


def _print_invitation(code: str, mutation: str) -> None:
    print(f"invitation {code}")
    print(f"good once, for {_HOURS} hours, by {mutation}; it is shown only now")
