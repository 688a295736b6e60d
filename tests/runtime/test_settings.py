"""Settings: validated at the start, wrong ones end it with one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis

from runtime.redis import queue_settings
from runtime.settings import Settings, WrongSettings, load

ROOT = Path(__file__).parents[2]
SECRETS_KEY = "A" * 43 + "="


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("FEIKONG_PROFILE", "prod", "production"),
        ("FEIKONG_API_PORT", "99999", "65535"),
        ("FEIKONG_API_PORT", "web", "integer"),
        ("FEIKONG_ACCESS_TTL", "0", "one second"),
        ("FEIKONG_CURRENCY", "yuan", "pattern"),
        ("FEIKONG_NO_SUCH", "1", "no such setting"),
        ("DATABASE_URL", "mysql://localhost/x", "postgres://"),
        ("DATABASE_URL", "postgres://localhost", "name a database"),
        ("DATABASE_URL", "postgres://localhost:db/x", "port"),
        ("REDIS_URL", "http://localhost", "redis://"),
        ("REDIS_URL", "redis://localhost/first", "number of a database"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    name: str, text: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(WrongSettings) as wrong:
        load()
    assert "\n" not in str(wrong.value)
    assert str(wrong.value).startswith(name)
    assert words in str(wrong.value)


def test_a_slash_behind_the_host_of_redis_names_no_database() -> None:
    for url in ("redis://:x@localhost:6379", "redis://:x@localhost:6379/", "unix:///run/v.sock"):
        kept = load({"redis_url": url}).redis_url
        assert kept == url.removesuffix("/")
        assert queue_settings(kept).database == 0


def test_a_password_in_the_url_of_redis_is_the_same_to_both_of_its_clients() -> None:
    url = "redis://us%3Aer:p%40ss%2F@localhost:6379/1"
    other = Redis.from_url(url).get_connection_kwargs()
    ours = queue_settings(url)
    assert (ours.username, ours.password, ours.database) == ("us:er", "p@ss/", 1)
    assert (other["username"], other["password"], other["db"]) == ("us:er", "p@ss/", 1)


@pytest.mark.parametrize("dangerous", [{"plain_coap": True}, {"clock_file": "clock"}])
def test_production_refuses_what_endangers_supply(dangerous: dict[str, object]) -> None:
    with pytest.raises(WrongSettings, match="production"):
        load({"profile": "production", "secrets_key": SECRETS_KEY, **dangerous})
    assert load({"profile": "demo", **dangerous}).profile == "demo"


def test_production_refuses_to_keep_secrets_as_they_are() -> None:
    with pytest.raises(WrongSettings, match="FEIKONG_SECRETS_KEY"):
        load({"profile": "production"})
    assert load({"profile": "production", "secrets_key": SECRETS_KEY}).secrets_key == SECRETS_KEY


def test_a_child_process_reads_the_same_settings(tmp_path: Path) -> None:
    given = load({
        "profile": "test",
        "data_dir": tmp_path,
        "plain_coap": True,
        "database_url": "postgres://u:p%40@localhost/x",
        "access_ttl": 61,
        "secrets_key": SECRETS_KEY,
    })
    code = "from runtime.settings import settings; print(settings().model_dump_json())"
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=given.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Settings.model_validate_json(told.stdout) == given


def test_only_settings_reads_the_environment() -> None:
    readers = [
        str(file.relative_to(ROOT))
        for room in ("api", "auth", "cli", "devices", "domain", "runtime", "workers")
        for file in (ROOT / room).rglob("*.py")
        if "environ" in file.read_text() and "os.environ" in file.read_text()
    ]
    assert set(readers) <= {"runtime/settings.py", "runtime/embedded/_postgres.py"}
    assert "FEIKONG_PROFILE" not in os.environ
