"""`feikong open`: what a house stands on: a strategy, holidays, districts, channels, accounts."""

from pathlib import Path
from typing import Annotated

import typer

from auth import is_key, sealed
from domain import audit, charge_control, customer, payment
from domain.base import Actor, Refusal, transaction, value
from runtime import clock

from ._calendar import chinese_days
from ._open_accounts import Row, open_row, rows_of
from ._session import asked

opened = typer.Typer(
    help="Open districts, channels and accounts; publish a strategy, and holidays.",
    no_args_is_help=True,
)

Code = Annotated[str, typer.Argument(help="Its code, used once.")]
Name = Annotated[str, typer.Option(help="What people read.")]

_ACTOR = Actor("SYSTEM", "cli")
_ALGORITHMS = ("ed25519", "hmac-sha256")
_SECRET_MIN = 32
_SECRET_BYTES_MAX = 1_000


class ChannelTaken(Refusal):
    """A channel has this code or this key id already."""

    code = "CHANNEL_TAKEN"


@opened.command("strategy")
def strategy_command(
    code: Annotated[str, typer.Argument(help="A shipped one.")] = "residential-prepaid",
) -> None:
    """Publish a shipped strategy of charge control: when it warns, cuts and restores."""
    try:
        document = charge_control.catalogued(code)
    except FileNotFoundError:
        raise typer.BadParameter(f"{code} is not shipped") from None

    async def work() -> None:
        async with transaction():
            await charge_control.publish_strategy(code, document)
            await audit.note(_ACTOR, "PUBLISH_STRATEGY", f"strategy:{code}", now=clock.now())

    asked("open", work)
    print(f"strategy {code}: {document['source']}")


@opened.command("holidays")
def holidays_command(year: Annotated[int, typer.Argument(help="A year.")]) -> None:
    """Take over a year's public holidays of China and its worked weekends: no cuts on days off."""
    days = chinese_days(year)
    if not days:
        raise typer.BadParameter(f"the holidays of {year} are not announced, or not known here yet")
    asked("open", lambda: charge_control.set_calendar("CN", days))
    print(f"{year}: {len(days)} days that are off or worked against their weekday")


@opened.command("district")
def district_command(
    code: Code,
    name: Name,
    timezone: Annotated[str, typer.Option(help="A name of the IANA database.")] = "Asia/Shanghai",
) -> None:
    """Open a district."""

    async def work() -> None:
        async with transaction():
            district_id = await customer.open_district(code, name=name, timezone=timezone)
            await audit.note(_ACTOR, "OPEN_DISTRICT", f"district:{district_id}", now=clock.now())

    asked("open", work)
    print(f"district {code} is open")


@opened.command("channel")
def channel_command(
    code: Code,
    *,
    name: Name,
    algorithm: Annotated[str, typer.Option(help=" or ".join(_ALGORITHMS))],
    key_id: Annotated[str, typer.Option(help="`keyid` of its signatures.")],
    key_file: Annotated[Path, typer.Option(help="Its public key (PEM), or the shared secret.")],
    district: Annotated[
        list[str] | None, typer.Option(help="Where it may credit by account number, too.")
    ] = None,
) -> None:
    """Contract a payment channel. A shared secret is kept under FEIKONG_SECRETS_KEY."""
    key = _key(algorithm, key_file)

    async def work() -> None:
        async with transaction():
            taken = "select 1 from channel where code = $1 or key_id = $2"
            if await value(taken, code, key_id):
                raise ChannelTaken(channel=code, key_id=key_id)
            districts = [await customer.district_by_code(each) for each in district or ()]
            channel_id = await payment.open_channel(
                code, name=name, algorithm=algorithm, key_id=key_id, key=key, districts=districts
            )
            await audit.note(_ACTOR, "OPEN_CHANNEL", f"channel:{channel_id}", now=clock.now())

    asked("open", work)
    print(f"channel {code} is open: POST /channels/{code}/payments")


def _key(algorithm: str, file: Path) -> str:
    if algorithm not in _ALGORITHMS:
        raise typer.BadParameter(f"--algorithm is {' or '.join(_ALGORITHMS)}")
    try:
        key = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as wrong:
        raise typer.BadParameter(f"--key-file {file}: {wrong}") from wrong
    if algorithm == "ed25519" and not is_key(algorithm, key):
        raise typer.BadParameter(f"--key-file {file} is no public key of Ed25519 in PEM")
    if algorithm == "ed25519":
        return key
    if len(key) < _SECRET_MIN or len(key.encode()) > _SECRET_BYTES_MAX:
        raise typer.BadParameter(
            f"--key-file {file}: a secret has {_SECRET_MIN} characters or more,"
            f" and {_SECRET_BYTES_MAX} bytes at most"
        )
    return sealed(key)


@opened.command("accounts")
def accounts_command(
    file: Annotated[Path, typer.Argument(help="CSV, as docs/operations.md lists its columns.")],
    district: Annotated[str, typer.Option(help="Code of their district.")],
) -> None:
    """Open accounts with their meters; those that are open already are left as they are."""
    rows = rows_of(file)

    async def work() -> tuple[int, list[str]]:
        district_id = await customer.district_by_code(district)
        return await _open_all(rows, district_id)

    new, refused = asked("open", work)
    print(f"{new} opened, {len(rows) - new - len(refused)} open already, {len(refused)} refused")
    for each in refused:
        print(f"  {each}")
    raise typer.Exit(1 if refused else 0)


async def _open_all(rows: list[Row], district_id: int) -> tuple[int, list[str]]:
    new, refused = 0, []
    for row in rows:
        try:
            await open_row(row, district_id, actor=_ACTOR, now=clock.now())
        except customer.AccountNumberTaken:
            continue
        except Refusal as refusal:
            said = ", ".join(f"{key} {each}" for key, each in refusal.fields.items())
            refused.append(f"line {row.line}, account {row.new.number}: {refusal.code} {said}")
            continue
        new += 1
    return new, refused
