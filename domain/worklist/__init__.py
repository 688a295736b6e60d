"""Worklist: human work with states, assignees and deadlines.

OPEN -> ASSIGNED -> STARTED -> DONE. A task is unique by its `key`: opened again, it is the same
task. A new task goes to the inspector of the district who has the fewest unfinished ones; only the
assignee starts and completes it.
"""

from ._act import TaskNotOpen, TaskNotYours, TaskUnknown, assign, complete, start
from ._open_task import open_task

__all__ = [
    "TaskNotOpen",
    "TaskNotYours",
    "TaskUnknown",
    "assign",
    "complete",
    "open_task",
    "start",
]
