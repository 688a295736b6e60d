"""Field service: repair requests (报修) and the tasks (工单) that come of them.

Inspectors start and complete what is assigned to them; operators assign.
"""

from ._enum import RepairKind, TaskState
from ._repair import RepairRequest, repair_request
from ._task import Task, task
from ._task_act import assign_task, complete_task, start_task

__all__ = [
    "RepairKind",
    "RepairRequest",
    "Task",
    "TaskState",
    "assign_task",
    "complete_task",
    "repair_request",
    "start_task",
    "task",
]
