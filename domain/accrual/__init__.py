"""accrual."""
