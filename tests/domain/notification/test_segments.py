import pytest

from domain.notification import segments


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("电" * 70, 1),
        ("电" * 71, 2),
        ("电" * 134, 2),
        ("电" * 135, 3),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("🔌" * 35, 1),
        ("🔌" * 36, 2),
    ],
)
def test_parts_are_counted_as_gateways_bill_them(text, parts):
    assert segments(text) == parts
