"""Workers: carry committed facts to their effects, and keep the schedule."""

from .process import run_headend, run_worker

__all__ = ["run_headend", "run_worker"]
