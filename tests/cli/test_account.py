"""`feikong account`: what it takes and what it refuses."""

import pytest
import typer

from cli._account import _read


def test_a_last_read_is_a_serial_and_one_register_or_all_of_them():
    assert _read("M1=1234.5") == ("M1", (1_234_500, 0, 0, 0, 0, 0))
    assert _read("M1=3,0,2,0,1.001,0") == ("M1", (3_000, 0, 2_000, 0, 1_001, 0))


@pytest.mark.parametrize("text", ["M1", "M1=", "M1=-1", "M1=1.0001", "M1=1,2", "M1=x", "M1=1e3"])
def test_what_is_no_read_is_refused(text):
    with pytest.raises(typer.BadParameter):
        _read(text)
