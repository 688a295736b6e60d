"""Bills on paper and as data: a PDF page in Chinese or English, and the same as JSON."""

from ._data import bill_data
from ._pdf import bill_pdf

__all__ = ["bill_data", "bill_pdf"]
