"""Worklist: human work with states, assignees and deadlines.

OPEN -> ASSIGNED -> STARTED -> DONE. A task is unique by its `key`: opened again, it is the same
task. A new task goes to the inspector of the district who has the fewest unfinished ones; only the
assignee starts and completes it.
"""

from ._act import TaskNotOpen, TaskNotYours, TaskUnknown, assign, complete, start
from ._open_task import open_task
from ._queries import Task, overdue, task_of, tasks_of

__all__ = [
    "Task",
    "TaskNotOpen",
    "TaskNotYours",
    "TaskUnknown",
    "assign",
    "complete",
    "open_task",
    "overdue",
    "start",
    "task_of",
    "tasks_of",
]
