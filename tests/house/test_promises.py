"""What is promised in one file is kept in another."""

import re

from source import ROOT

from domain.base import rows
from runtime.database import missing_migrations

CREATED = re.compile(
    r"constraint (\w+)\s+(?:check|unique)|create (?:unique )?index (\w+)|create trigger (\w+)"
)

DROPPED = re.compile(r"drop (?:index|constraint|trigger) (\w+)")


async def test_no_migration_is_missing() -> None:
    assert await missing_migrations() == []


async def test_what_the_migrations_promise_stands_in_the_database(database: str) -> None:
    files = sorted((ROOT / "domain/migrations").glob("0*.py"))
    promised: set[str] = set()
    for text in (file.read_text() for file in files):
        promised -= set(DROPPED.findall(text))
        promised |= {next(filter(None, found.groups())) for found in CREATED.finditer(text)}
    found = await rows(
        """select conname::text as name from pg_constraint
           union select tgname::text from pg_trigger
           union select relname::text from pg_class where relkind in ('i', 'I')"""
    )
    assert len(promised) > 30
    assert promised - {row["name"] for row in found} == set()


async def test_every_model_check_stands_in_the_database(database: str) -> None:
    found = await rows("select count(*) as n from pg_constraint where contype = 'c'")
    assert found[0]["n"] >= 8


def test_the_schema_file_is_what_the_code_serves() -> None:
    from api import schema_text

    assert (ROOT / "schema.graphql").read_text(encoding="utf-8") == schema_text()


def test_the_commands_of_the_documents_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    asked = re.compile(r"(?:`|^)make ([a-z]+)", re.MULTILINE)
    named = {word for page in pages for word in asked.findall(page.read_text())}
    assert named - targets == set()
    assert {"demo", "test"} <= named


def test_every_setting_is_documented() -> None:
    from runtime.settings import PREFIX, Settings

    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    names = {
        str(field.validation_alias or PREFIX + name.upper())
        for name, field in Settings.model_fields.items()
    }
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_continuous_integration_runs_the_test_command_of_the_readme() -> None:
    assert (ROOT / ".ci/run").read_text().rstrip().endswith("exec make test")


def test_the_lock_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert "--find-links" not in lock
    assert "--index" not in lock
    assert "--hash=sha256:" in lock
