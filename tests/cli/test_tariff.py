"""`feikong tariff` on a house of their own: two people publish, and say what is wrong where."""

import asyncio
import json
from pathlib import Path

import pytest
import yaml
from command import environment, feikong

from domain import identity, tariff
from runtime.database import close_database, open_database

CODE = "zhejiang-residential"
MAKER, CHECKER, CUSTOMER = "13900000001", "13900000002", "13900000003"


@pytest.fixture
def house(place: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """Give the environment of a house with two operators and a customer."""

    async def fill() -> None:
        await open_database(database_url)
        for phone in (MAKER, CHECKER):
            await identity.enrol(phone, name="Li", role="OPERATOR")
        await identity.enrol(CUSTOMER, name="Wang", role="CUSTOMER")
        await close_database()

    asyncio.run(fill())
    return environment(place) | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}


def document(**changes: object) -> dict[str, object]:
    return tariff.catalogued(CODE) | changes


def written(path: Path, content: object) -> str:
    text = json.dumps(content) if path.suffix == ".json" else yaml.safe_dump(content)
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_documents_are_checked_without_a_database(tmp_path: Path) -> None:
    good = written(tmp_path / "good.json", document())
    same = written(tmp_path / "same.yaml", document(version="2"))
    env = environment(tmp_path)
    said = feikong("tariff", "validate", good, same, env=env)
    assert said.returncode == 0, said.stderr
    assert said.stdout == f"{good}: ok, {CODE} 1\n{same}: ok, {CODE} 2\n".replace(
        "1\n", f"{document()['version']}\n", 1
    )
    told = json.loads(feikong("tariff", "validate", good, "--json", env=env).stdout)
    assert told["ok"] is True
    assert not list(tmp_path.glob("*/postgres*")), "no server was started for it"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.json", "{", "$: not JSON: "),
        ("a.json", '{"format": "feikong-tariff/1", "format": "x"}', "$: key 'format' stands twice"),
        ("a.yaml", "format: feikong-tariff/1\nformat: x\n", "$: key 'format' of line 2 stands"),
        ("a.yaml", "a: [", "$: not YAML: "),
        ("a.yaml", "!!python/object/apply:os.getcwd []", "$: not YAML: "),
        (
            "a.yml",
            yaml.safe_dump(document(valid_from="2026-13-01")),
            "$.valid_from: expected a day",
        ),
        ("a.json", json.dumps(document(colour="red")), "$.colour: unknown key"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    said = feikong("tariff", "validate", str(path), env=environment(tmp_path))
    assert said.returncode == 1
    assert said.stdout.startswith(f"{path}: {reason}"), said.stdout
    told = json.loads(
        feikong("tariff", "validate", str(path), "--json", env=environment(tmp_path)).stdout
    )
    assert told["ok"] is False
    assert reason.startswith(told["files"][0]["path"])


def test_a_number_in_yaml_that_is_not_quoted_is_refused(tmp_path: Path) -> None:
    wrong = document()
    wrong["charges"][-1]["prices"] = [0.538, 0.588, 0.838]
    said = feikong(
        "tariff", "validate", written(tmp_path / "a.yaml", wrong), env=environment(tmp_path)
    )
    last = len(wrong["charges"]) - 1
    assert f"$.charges[{last}].prices[0]: expected a decimal string" in said.stdout


def test_what_is_shipped_is_listed_shown_and_proposed_by_its_name(house: dict[str, str]) -> None:
    published = feikong("tariff", "show", "schema", env=house).stdout
    assert json.loads(published) == tariff.document_schema()
    names = feikong("tariff", "show", "shipped", env=house).stdout.split()
    assert names == list(tariff.catalogue())
    assert json.loads(feikong("tariff", "show", f"shipped:{CODE}", env=house).stdout) == document()
    done = feikong("tariff", "import", f"shipped:{CODE}", "--by", MAKER, "--json", env=house)
    assert json.loads(done.stdout)["code"] == CODE
    for command in ("show", "import"):
        by = ("--by", MAKER) if command == "import" else ()
        unknown = feikong("tariff", command, "shipped:nothing", *by, env=house)
        assert (unknown.returncode, "feikong tariff show shipped" in unknown.stderr) == (2, True)


def test_one_imports_and_another_publishes(house: dict[str, str], tmp_path: Path) -> None:
    first = written(tmp_path / "1.yaml", document(version="1", valid_from="2024-01-01"))
    done = feikong("tariff", "import", first, "--by", MAKER, "--json", env=house)
    assert (done.returncode, json.loads(done.stdout)["changes"]) == (0, []), done.stderr
    draft = str(json.loads(done.stdout)["draft"])

    alone = feikong("tariff", "publish", draft, "--by", MAKER, env=house)
    assert (alone.returncode, alone.stderr.splitlines()) == (
        1,
        [
            f"feikong: SAME_PERSON: draft {draft}",
            "  Who has proposed a tariff does not publish it: that takes a second person.",
        ],
    )
    stranger = feikong("tariff", "publish", draft, "--by", CUSTOMER, env=house)
    assert stranger.stderr.startswith("feikong: OPERATORS_ONLY")
    nobody = feikong("tariff", "publish", draft, "--by", "1", env=house)
    assert nobody.stderr.startswith("feikong: PERSON_UNKNOWN\n  Nobody active has this phone")
    listed = json.loads(feikong("tariff", "show", "--json", env=house).stdout)
    assert (listed["versions"], len(listed["drafts"])) == ([], 1)

    done = feikong("tariff", "publish", draft, "--by", CHECKER, env=house)
    assert (done.returncode, done.stdout) == (0, f"published: {CODE} 1, from 2024-01-01\n")
    listed = json.loads(feikong("tariff", "show", CODE, "--json", env=house).stdout)
    assert listed["drafts"] == []
    (version,) = listed["versions"]
    assert (version["version"], version["from"], version["until"]) == ("1", "2024-01-01", None)
    again = feikong("tariff", "publish", draft, "--by", CHECKER, env=house)
    assert again.stderr.startswith(f"feikong: DRAFT_NOT_OPEN: draft {draft}, state PUBLISHED\n")


def test_what_a_draft_changes_is_shown(house: dict[str, str], tmp_path: Path) -> None:
    first = written(tmp_path / "1.json", document(version="1"))
    draft = json.loads(
        feikong("tariff", "import", first, "--by", MAKER, "--json", env=house).stdout
    )["draft"]
    feikong("tariff", "publish", str(draft), "--by", CHECKER, env=house)
    second = written(tmp_path / "2.json", document(version="2", valid_from="2027-01-01"))
    shown = feikong("tariff", "import", second, "--by", MAKER, env=house).stdout
    assert '$.valid_from: "2012-07-01" -> "2027-01-01"' in shown
    number = str(draft + 1)
    changes = json.loads(
        feikong("tariff", "diff", f"{CODE}@1", number, "--json", env=house).stdout
    )["changes"]
    assert {each["path"] for each in changes} == {"$.version", "$.valid_from"}
    told = feikong("tariff", "show", number, env=house).stdout
    assert json.loads(told) == document(version="2", valid_from="2027-01-01")
    shipped = feikong("tariff", "diff", f"shipped:{CODE}", f"{CODE}@1", env=house)
    assert shipped.stdout == f'  $.version: "{document()["version"]}" -> "1"\n'
    missing = feikong("tariff", "show", "nothing", env=house)
    assert (missing.returncode, missing.stderr.splitlines()[0]) == (
        1,
        "feikong: NO_TARIFF: tariff nothing",
    )
