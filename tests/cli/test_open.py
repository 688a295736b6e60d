"""`feikong open` on an empty house: everything that a first account needs."""

import asyncio
from pathlib import Path

import pytest
from command import environment, feikong
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner

from auth import unsealed
from cli._open import opened
from domain import tariff
from domain.base import rows, value
from runtime import clock
from runtime import settings as runtime_settings
from runtime.database import close_database, open_database

TARIFF = "zhejiang-residential-tou"
COLUMNS = "number,name,phone,address,tariff,strategy,meter,rated_w,total,peak,valley,prepaid"


@pytest.fixture
def run(database_url: str, redis_url: str):
    """Run a command in this process: there are many, and each start takes a second."""
    urls = {"database_url": database_url, "redis_url": redis_url}
    runtime_settings.use(runtime_settings.load({"profile": "test", **urls}))
    runner = CliRunner()
    return lambda *arguments: runner.invoke(opened, list(map(str, arguments)))


def public_pem(private: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> str:
    packed = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return packed.decode().strip()


def asked(url: str, question):
    """Ask the house's database."""

    async def ask():
        await open_database(url)
        try:
            return await question()
        finally:
            await close_database()

    return asyncio.run(ask())


def _account(number: str, meter: str, *, strategy: str = "residential-prepaid") -> str:
    return f"{number},王,138 0000 0001,1 Road,{TARIFF},{strategy},{meter},13200,10,6.5,3.5,50.00"


def test_an_empty_house_gets_what_its_first_accounts_need(
    run, database_url: str, tmp_path: Path
) -> None:
    asked(database_url, lambda: tariff.publish(tariff.catalogued(TARIFF), now=clock.now()))
    assert run("strategy").exit_code == 0
    assert run("holidays", "2026").stdout.startswith("2026: ")
    assert run("district", "330106", "--name", "西湖").exit_code == 0
    file = tmp_path / "accounts.csv"
    known, unknown = _account("1001", "M1"), _account("1002", "M2", strategy="nix")
    file.write_text(f"{COLUMNS}\n{known}\n{unknown}\n", encoding="utf-8")
    first = run("accounts", file, "--district", "330106")
    assert (first.exit_code, first.stdout.splitlines()) == (
        1,
        [
            "1 opened, 0 open already, 1 refused",
            "  line 3, account 1002: STRATEGY_UNKNOWN strategy nix",
        ],
    )
    second = run("accounts", file, "--district", "330106")
    assert second.stdout.splitlines()[0] == "0 opened, 1 open already, 1 refused"
    balances = "select number, available_fen from account_position p join account a"
    stored = asked(database_url, lambda: rows(f"{balances} on a.id = p.account_id"))
    assert stored == [{"number": "1001", "available_fen": 5_000}]
    assert asked(database_url, lambda: value("select phone from contact")) == "13800000001"
    opening = asked(database_url, lambda: value("select total_wh from reading"))
    assert opening == 10_000


def test_what_is_not_shipped_is_refused_before_a_server_is_asked(place: Path) -> None:
    ended = feikong("open", "strategy", "nix", env=environment(place))
    assert (ended.returncode, "nix is not shipped" in ended.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("number,name\n", "missing: phone"),
        (f"{COLUMNS},shoe\n", "unknown: shoe"),
        (f"{COLUMNS}\n" + _account("1", "M1").replace("13200", "much"), "line 2: rated_w"),
        (f"{COLUMNS}\n" + _account("1", "M1").replace("138 0000 0001", "me"), "line 2: phone"),
        (f"{COLUMNS}\n" + _account("", "M1"), "line 2: number is missing"),
        (f"{COLUMNS}\n" + _account("1", "M1").replace("50.00", "50.001"), "line 2: prepaid"),
        (f"{COLUMNS}\n" + _account("1", "M1").replace("50.00", "1e99"), "line 2: prepaid"),
        (f"{COLUMNS}\n" + _account("1", "M1").replace("50.00", "1e999999"), "line 2: prepaid"),
        (f"{COLUMNS}\n" + _account("1", "M1").replace("50.00", "1,000.00"), "line 2: more cells"),
        (f"{COLUMNS}\n" + _account("1", "M1").replace("1 Road", "x" * 201), "address is longer"),
        (f"{COLUMNS}\n" + _account("1" * 21, "M1"), "line 2: number is longer than 20"),
    ],
)
def test_a_file_that_cannot_be_read_names_the_line_and_opens_nothing(
    run, database_url: str, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "a"
    file.write_text(text, encoding="utf-8")
    ended = run("accounts", file, "--district", "330106")
    assert ended.exit_code == 2
    assert said in " ".join(ended.output.replace("│", " ").split())
    assert asked(database_url, lambda: value("select count(*) from account")) == 0


def test_a_channel_is_contracted_once_with_a_key_that_is_one(
    run, database_url: str, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_text("x" * 40 + "\n")
    given = ("--name", "Bank", "--key-id", "bank-2026", "--key-file", key, "--district", "D1")
    run("district", "D1", "--name", "D1")
    assert run("channel", "bank", *given, "--algorithm", "ed25519").exit_code == 2
    assert run("channel", "bank", *given, "--algorithm", "md5").exit_code == 2
    other = tmp_path / "other"
    other.write_text(public_pem(ec.generate_private_key(ec.SECP256R1())))
    others = [other if each == key else each for each in given]
    assert run("channel", "bank", *others, "--algorithm", "ed25519").exit_code == 2
    done = run("channel", "bank", *given, "--algorithm", "hmac-sha256")
    assert done.stdout == "channel bank is open: POST /channels/bank/payments\n"
    again = run("channel", "bank", *given, "--algorithm", "hmac-sha256")
    assert again.stderr.startswith("feikong: CHANNEL_TAKEN: channel bank")
    wrong = run("district", "D2", "--name", "D2", "--timezone", "Mars")
    assert wrong.stderr.startswith("feikong: TIMEZONE_UNKNOWN: timezone Mars\n")
    stored = asked(database_url, lambda: rows("select code, key, by_account from channel"))
    assert stored == [{"code": "bank", "key": "x" * 40, "by_account": True}]


def test_what_is_shared_with_a_channel_is_kept_sealed_and_what_is_public_is_not(
    run, database_url: str, tmp_path: Path
) -> None:
    given = runtime_settings.settings()
    runtime_settings.use(given.model_copy(update={"secrets_key": "A" * 43 + "="}))
    pem = public_pem(ed25519.Ed25519PrivateKey.generate())
    for code, algorithm, text in (
        ("shared", "hmac-sha256", "x" * 1_000),
        ("public", "ed25519", pem),
    ):
        key = tmp_path / code
        key.write_text(text)
        named = ("--name", code, "--key-id", code, "--key-file", key)
        assert run("channel", code, *named, "--algorithm", algorithm).exit_code == 0
    long = tmp_path / "long"
    long.write_text("é" * 501)
    named = ("--name", "Long", "--key-id", "long", "--key-file", long)
    assert run("channel", "long", *named, "--algorithm", "hmac-sha256").exit_code == 2
    kept = {
        each["code"]: each["key"]
        for each in asked(database_url, lambda: rows("select code, key from channel"))
    }
    assert kept.keys() == {"shared", "public"}
    assert kept["public"] == pem
    assert "xxxx" not in kept["shared"]
    assert unsealed(kept["shared"]) == "x" * 1_000
