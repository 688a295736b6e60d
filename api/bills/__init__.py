"""Bills on paper and as data: a PDF page in Chinese or English, the same as JSON, over HTTP."""

from ._data import bill_data
from ._pdf import bill_pdf
from ._serve import routes

__all__ = ["bill_data", "bill_pdf", "routes"]
