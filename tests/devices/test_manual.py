"""docs/meters.md says the numbers that travel on the wire."""

import re
from enum import IntEnum
from pathlib import Path

import pytest

from devices.codec import EventKind, Mode
from domain.command import ResultCode, Verb

TEXT = (Path(__file__).parents[2] / "docs/meters.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("numbers", [EventKind, Mode, ResultCode, Verb])
def test_the_page_names_every_number_as_the_code_does(numbers: type[IntEnum]) -> None:
    said = {(int(number), name) for number, name in re.findall(r"(\d+)(?: \| | )([A-Z_]+)\b", TEXT)}
    assert [each.name for each in numbers if (each.value, each.name) not in said] == []
