"""How many decimals a document may write, and so what whole numbers stand for."""

PRICE_DIGITS = 8
"""Unit prices are whole numbers of 1e-8 currency units."""

QUANTITY_DIGITS = 3
"""kWh, kVA, kW and days are whole thousandths: Wh, VA, W."""

PERCENT_DIGITS = 6
"""Percentages are whole numbers of 1e-6 percent."""
