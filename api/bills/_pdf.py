"""A bill as PDF."""

from domain.billing import BillDocument


def bill_pdf(document: BillDocument, *, locale: str | None = None) -> bytes:
    """Return the bill as PDF, in the account's language or in another one ("zh-CN", "en")."""
    from ._paper import drawn  # ruff: ignore[import-outside-top-level] -- drawing is slow to load, seldom wanted

    return drawn(document, locale or document.locale)
