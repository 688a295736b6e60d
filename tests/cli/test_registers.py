"""What somebody read from a meter, as it is typed."""

import pytest
import typer

from cli._registers import registers_of, wh_of


@pytest.mark.parametrize(
    ("typed", "wh"), [("0", 0), ("12", 12_000), ("12.5", 12_500), ("12.3450", 12_345)]
)
def test_kwh_become_wh(typed: str, wh: int) -> None:
    assert wh_of(typed) == wh


@pytest.mark.parametrize("typed", ["", ".", "-1", "1.2345", "1e3", "nan", "²", "1,5"])
def test_what_is_no_energy_is_no_parameter(typed: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no energy in kWh"):
        wh_of(typed)


def test_a_read_is_the_total_alone_or_with_all_its_periods() -> None:
    assert registers_of("7") == (7_000, 0, 0, 0, 0, 0)
    assert registers_of("6,1,2,3,0,0") == (6_000, 1_000, 2_000, 3_000, 0, 0)
    with pytest.raises(typer.BadParameter, match="expected total"):
        registers_of("6,1")
