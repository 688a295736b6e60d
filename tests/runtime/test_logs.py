"""Logs hold events, never persons."""

import json
import logging

import pytest
import structlog

from runtime import logs
from tests.conftest import process_logs


@pytest.mark.parametrize(
    "text",
    [
        "sms to 13812345678 failed",
        "sms to +86 13812345678 failed",
        "postgresql://feikong:geheim@127.0.0.1:5432/feikong is away",
        "bearer abc.def-ghi was refused",
        "token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    ],
)
def test_what_looks_personal_is_hidden(text: str) -> None:
    hidden = logs.redact(None, "info", {"event": text})["event"]
    for secret in ("13812345678", "geheim", "abc.def-ghi", "c2lnbmF0dXJl"):
        assert secret not in hidden
    assert "***" in hidden


@pytest.mark.parametrize(
    "said",
    [
        'duplicate key value violates "x"\nDETAIL:  Key (name)=(geheim\n\ngeheim) already exists.',
        "null value\nDETAIL:  Failing row contains (1, geheim).\nHINT:  geheim",
        "invalid input for query argument $1: 'geheim' (an integer is required)",
        'invalid input syntax for type bigint: "geheim"',
    ],
)
def test_what_the_database_says_of_a_row_is_hidden(said: str) -> None:
    text = f"Traceback\n  File\nError: {said}"
    later = "\n\nThe above exception was the direct cause of the following exception:\n\nAnother"
    for event in (text, text + later):
        hidden = logs.redact(None, "error", {"exception": event})["exception"]
        assert "geheim" not in hidden
        assert hidden.endswith("Another") is (event != text)
    assert hidden.startswith("Traceback\n  File\nError: ")


def test_personal_keys_are_hidden_at_any_depth() -> None:
    event = {"event": "x", "detail": {"phone": "1", "rows": [{"name": "王"}]}, "account_id": 7}
    assert logs.redact(None, "info", event) == {
        "event": "x",
        "detail": {"phone": "***", "rows": [{"name": "***"}]},
        "account_id": 7,
    }


def test_numbers_that_are_no_phones_stay() -> None:
    event = {"event": "fact 1381234567890123 done", "amount_fen": 13812345678}
    assert logs.redact(None, "info", dict(event)) == event


def test_lines_of_libraries_are_json_and_redacted(capsys: pytest.CaptureFixture[str]) -> None:
    with process_logs():
        logging.getLogger("library").warning("call %s back", "13812345678")
        structlog.get_logger().info("paid", phone="13812345678", account_id=7)
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert first["event"] == "call *** back"
    assert (second["event"], second["phone"], second["account_id"]) == ("paid", "***", 7)
    assert second["process"] == "test"
