"""How ids and numbers are written, for the servers that ours is compared with."""

from base64 import urlsafe_b64encode


def opaque(kind: str, number: int) -> str:
    """Return the opaque id of an object."""
    return urlsafe_b64encode(f"{kind}:{number}".encode()).decode().rstrip("=")


def decimal(units: int, digits: int) -> str:
    """Return a number of smallest units as a decimal string."""
    text = str(abs(units)).rjust(digits + 1, "0")
    return f"{'-' if units < 0 else ''}{text[:-digits]}.{text[-digits:]}"
