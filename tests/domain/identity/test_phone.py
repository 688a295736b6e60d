"""A phone number is one number, however it is typed."""

import pytest

from domain.identity import PhoneInvalid, enrol, person_by_phone, plain_phone


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13812345678", "13812345678"),
        ("138 1234-5678", "13812345678"),
        ("+86 138 1234 5678", "13812345678"),
        ("+8613812345678", "13812345678"),
        ("008613812345678", "13812345678"),
        ("+86 571 8800 1234", "+8657188001234"),
        ("+44 7700 900123", "+447700900123"),
        ("8613812345678", "8613812345678"),
    ],
)
def test_a_number_is_kept_without_what_people_put_around_it(typed: str, kept: str) -> None:
    assert plain_phone(typed) == kept


@pytest.mark.parametrize("typed", ["", "12345", "phone", "+86", "1" * 16, "138١٢٣٤٥٦٧٨"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(PhoneInvalid):
        plain_phone(typed)


async def test_people_are_found_by_their_number_however_it_is_typed(database: str) -> None:
    person_id = await enrol("13812345678", role="INSPECTOR")
    for typed in ("13812345678", "138-1234-5678", "+86 138 1234 5678"):
        found = await person_by_phone(typed)
        assert found
        assert found.id == person_id
    assert await person_by_phone("nobody") is None
