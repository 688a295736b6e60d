"""`feikong tariff`: check, try, propose, publish, compare and show tariffs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Column, Table

from domain import identity
from domain import tariff as rates
from domain.base import Actor, Refusal
from domain.tariff import Change, Draft, Span, TariffInvalid
from runtime import clock

from ._session import asked, refusals
from ._tariff_file import tariff_file
from ._tariff_try import said, tried

tariff = typer.Typer(
    help="Tariffs: validate, try, import, publish, diff, show.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
By = Annotated[str, typer.Option(help="The phone of the operator who does it.")]
Named = Annotated[
    str, typer.Argument(help="A file, a draft's number, CODE@VERSION, or shipped:NAME.")
]

_SHIPPED = "shipped:"


class PersonUnknown(Refusal):
    """Nobody active has this phone."""

    code = "PERSON_UNKNOWN"


@tariff.command("validate")
def validate_command(
    files: Annotated[list[Path], typer.Argument(help="Documents, JSON or YAML.")],
    as_json: AsJson = False,
) -> None:
    """Check documents without storing anything; 1 where one is no tariff."""
    checked = [_checked(path) for path in files]
    if as_json:
        print(orjson.dumps({"ok": all(each["ok"] for each in checked), "files": checked}).decode())
    else:
        for each in checked:
            said = "ok, {code} {version}" if each["ok"] else "{path}: {reason}"
            print(f"{each['file']}: {said.format(**each)}")
    raise typer.Exit(0 if all(each["ok"] for each in checked) else 1)


def _checked(path: Path) -> dict[str, Any]:
    try:
        found = rates.tariff_of(tariff_file(path))
    except TariffInvalid as invalid:
        return {"file": str(path), "ok": False, **invalid.fields}
    named = {"code": found.code, "version": found.version, "valid_from": found.valid_from}
    return {"file": str(path), "ok": True, **named}


@tariff.command("import")
def import_command(
    source: Annotated[str, typer.Argument(help="A file, or shipped:NAME.")],
    by: By,
    as_json: AsJson = False,
) -> None:
    """Propose a document as a draft; somebody else publishes it."""
    document = _in_hand(source)
    if document is None:
        raise typer.BadParameter(f"{source}: no file, and not shipped:NAME")

    async def work() -> tuple[int, str, Sequence[Change]]:
        draft_id = await rates.propose(document, actor=await operator_named(by), now=clock.now())
        draft = await rates.draft_of(draft_id)
        return draft_id, draft.code, await rates.changes_of(draft_id)

    draft_id, code, changes = asked("tariff", work)
    if as_json:
        print(orjson.dumps({"draft": draft_id, "code": code, "changes": changes}).decode())
        return
    print(f"draft {draft_id} of {code}; another operator publishes it:")
    print(f"  feikong tariff publish {draft_id} --by PHONE")
    _print_changes(changes)


@tariff.command("publish")
def publish_command(
    draft: Annotated[int, typer.Argument(help="The draft's number.")],
    by: By,
    as_json: AsJson = False,
) -> None:
    """Publish what somebody else has proposed; it never changes from then on."""

    async def work() -> rates.Tariff:
        return await rates.approve(draft, actor=await operator_named(by), now=clock.now())

    done = asked("tariff", work)
    if as_json:
        said = {"code": done.code, "version": done.version, "valid_from": done.valid_from}
        print(orjson.dumps(said).decode())
        return
    print(f"published: {done.code} {done.version}, from {done.valid_from}")


@tariff.command("diff")
def diff_command(before: Named, after: Named, as_json: AsJson = False) -> None:
    """Show what changes from one document to another, place by place."""
    changes = rates.difference(_document(before), _document(after))
    if as_json:
        print(orjson.dumps({"changes": changes}).decode())
        return
    _print_changes(changes)
    if not changes:
        print("no difference")


@tariff.command("show")
def show_command(
    name: Annotated[
        str | None,
        typer.Argument(help="As for diff, a CODE, `shipped` for all that come along, `schema`."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a document, the versions of a tariff, or all versions and open drafts."""
    if name == "shipped":
        shipped = rates.catalogue()
        print(orjson.dumps({"shipped": shipped}).decode() if as_json else "\n".join(shipped))
        return
    if name == "schema":
        print(orjson.dumps(rates.document_schema(), option=orjson.OPT_INDENT_2).decode())
        return
    if name is not None and _names_document(name):
        print(orjson.dumps(_document(name), option=orjson.OPT_INDENT_2).decode())
        return

    async def work() -> tuple[Sequence[Span], Sequence[Draft]]:
        versions = await rates.published(name)
        drafts = [each for each in await rates.drafts() if name in {None, each.code}]
        if name is not None and not versions and not drafts:
            raise rates.NoTariff(tariff=name)
        return versions, drafts

    versions, drafts = asked("tariff", work)
    listed = [_listed(span) for span in versions]
    if as_json:
        waiting = [_waiting(draft) for draft in drafts]
        print(orjson.dumps({"versions": listed, "drafts": waiting}).decode())
        return
    table = Table(Column("tariff", overflow="fold"), "version", "from", "until", "name")
    for each in listed:
        until = str(each["until"] or "")
        table.add_row(each["code"], each["version"], str(each["from"]), until, each["name"])
    for draft in drafts:
        draft_said = f"draft {draft.id}, proposed by {draft.proposed_by}"
        table.add_row(draft.code, draft.version, "", "", draft_said, style="yellow")
    Console().print(table)


@tariff.command("try")
def try_command(
    document: Named,
    facts: Annotated[
        list[str] | None, typer.Argument(help="name=value, as docs/tariffs.md lists them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Rate what is said under a document, line by line; needs no database for a file."""
    with refusals():
        read = rates.tariff_of(_document(document))
        found = tried(read, said(facts or ()))
    if as_json:
        print(orjson.dumps(found).decode())
        return
    table = Table("line", "quantity", "price", "amount")
    for each in found["lines"]:
        tier = f"tier {each['tier']}" if each["tier"] else ""
        named = " ".join(filter(None, (each["line"], each["period"], tier)))
        quantity, price, unit = each["quantity"], each["price"], each["unit"]
        if unit.startswith("%"):
            price += " %"
        elif unit:
            quantity += f" {unit}"
        else:
            quantity = price = ""
        contained = each["contained"].strip("0.")
        amount = f"{each['contained']} of it" if contained else each["amount"]
        table.add_row(named, quantity, price, amount)
    Console().print(table)
    for name in ("limits_kwh", "charged_kwh", "energy_kwh", "average_price"):
        if name in found:
            print(name, found[name])
    print(f"total {found['total']} {read.currency}")


def _listed(span: Span) -> dict[str, Any]:
    found = span.tariff
    until = None if span.until.year == span.until.max.year else span.until
    return {
        "code": found.code,
        "version": found.version,
        "from": span.first_day,
        "until": until,
        "name": found.name,
    }


def _waiting(draft: Draft) -> dict[str, Any]:
    return {
        "draft": draft.id,
        "code": draft.code,
        "version": draft.version,
        "proposed_by": draft.proposed_by,
        "proposed_at": draft.proposed_at,
    }


def _names_document(name: str) -> bool:
    in_hand = name.startswith(_SHIPPED) or Path(name).is_file()
    return in_hand or "@" in name or name.isdecimal()


def _in_hand(name: str) -> Any | None:
    """Return a document that needs no database: a file's, or a shipped one; None for others."""
    if name.startswith(_SHIPPED):
        shipped = name.removeprefix(_SHIPPED)
        if shipped not in rates.catalogue():
            raise typer.BadParameter(f"{shipped} is not shipped; `feikong tariff show shipped`")
        return rates.catalogued(shipped)
    if not Path(name).is_file():
        return None
    with refusals():
        return tariff_file(Path(name))


def _document(name: str) -> Any:
    document = _in_hand(name)
    if document is not None:
        return document
    if not _names_document(name):
        raise typer.BadParameter(f"{name}: no file, draft, CODE@VERSION or shipped:NAME")

    async def work() -> Any:
        if name.isdecimal():
            return (await rates.draft_of(int(name))).document
        code, _, version = name.partition("@")
        return await rates.document_at(code, version)

    return asked("tariff", work)


def _print_changes(changes: Sequence[Change]) -> None:
    for each in changes:
        before, after = (orjson.dumps(side).decode() for side in (each.before, each.after))
        print(f"  {each.path}: {before} -> {after}")


async def operator_named(phone: str) -> Actor:
    """Return the person who has this phone. Refusals: PersonUnknown."""
    person = await identity.person_by_phone(phone)
    if person is None:
        raise PersonUnknown
    return Actor(person.role, person.id)
