"""How many parts a text costs (3GPP TS 23.038 alphabets, concatenation header in each part)."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")


def segments(text: str) -> int:
    """Return how many SMS parts a gateway bills for the text."""
    if set(text) <= BASIC | EXTENDED:
        return _parts(len(text) + sum(char in EXTENDED for char in text), 160, 153)
    return _parts(len(text.encode("utf-16-be")) // 2, 70, 67)


def _parts(length: int, single: int, part: int) -> int:
    return 1 if length <= single else -(-length // part)
