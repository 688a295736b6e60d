"""The clock: one business time for all processes, and a wall time beside it."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runtime import clock as runtime_clock
from runtime import settings as runtime_settings
from runtime.clock import DrivenClock
from runtime.settings import WrongSettings


def test_business_time_stands_until_it_is_moved(clock: DrivenClock) -> None:
    before = runtime_clock.now()
    assert runtime_clock.now() == before
    clock.forward(hours=1, minutes=2)
    assert runtime_clock.now() == before + timedelta(hours=1, minutes=2)
    assert runtime_clock.now().tzinfo is UTC


def test_business_time_never_runs_backwards(clock: DrivenClock) -> None:
    before = clock.now()
    with pytest.raises(ValueError, match="backwards"):
        clock.forward(seconds=-1)
    assert clock.now() == before


def test_wall_time_is_not_driven(clock: DrivenClock) -> None:
    assert abs(runtime_clock.wall() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_clock_file_that_is_none_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "short").touch()
    for name in ("short", "none"):
        runtime_settings.use(runtime_settings.load({"clock_file": tmp_path / name}))
        runtime_clock.use(None)
        with pytest.raises(WrongSettings, match=r"FEIKONG_CLOCK_FILE: .* is no clock"):
            runtime_clock.now()


def test_another_process_sees_the_same_moment(tmp_path: Path) -> None:
    driven = DrivenClock.create(tmp_path / "clock", datetime(2026, 1, 1, tzinfo=UTC))
    code = "import runtime.clock as c\nfor _ in range(2): input(); print(c.now(), flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={"FEIKONG_CLOCK_FILE": str(tmp_path / "clock")},
    ) as other:
        assert other.stdin
        assert other.stdout
        for _ in range(2):
            driven.forward(days=40, microseconds=7)
            print(file=other.stdin, flush=True)
            assert other.stdout.readline().strip() == str(driven.now())
    driven.close()
