"""Billing."""

from ._checks import Checks
from ._run_bills import Progress, run_bills

__all__ = ["Checks", "Progress", "run_bills"]
