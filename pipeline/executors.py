"""Executors: on how many processes or machines the steps of a run work, chosen by the environment.

No asset knows of it. Where several machines work, they share the data root through
KOMPETANSE_STORE (warehouse/store.py) or a network drive.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sources.model import KompetanseError

if TYPE_CHECKING:
    import dagster as dg

VARIABLE = "KOMPETANSE_EXECUTOR"
# Dagster's own names of the modules and executors that must be installed beside the project.
_FOREIGN = {
    "dask": ("dagster_dask", "dask_executor"),
    "k8s": ("dagster_k8s", "k8s_job_executor"),
    "celery": ("dagster_celery", "celery_executor"),
}
IN_PROCESS, MULTIPROCESS = "in_process", "multiprocess"


class NoSuchExecutor(KompetanseError):
    """KOMPETANSE_EXECUTOR names none of the executors, or one that is not installed."""


def chosen() -> dg.ExecutorDefinition:
    """The executor that KOMPETANSE_EXECUTOR names; in_process where it is not set.

    Tables are small: a process per step costs many times the work itself (docs/adr/0004).
    Raises NoSuchExecutor with those that there are.
    """
    import importlib

    import dagster as dg

    name = os.environ.get(VARIABLE) or IN_PROCESS
    own = {IN_PROCESS: dg.in_process_executor, MULTIPROCESS: dg.multiprocess_executor}
    if name in own:
        return own[name]
    if name not in _FOREIGN:
        raise NoSuchExecutor(
            f"{VARIABLE} is {name!r}. It is one of {', '.join([*own, *_FOREIGN])}; "
            f"left out, it is {IN_PROCESS}."
        )
    module, executor = _FOREIGN[name]
    try:
        found = getattr(importlib.import_module(module), executor)
    except ImportError as error:
        package = module.replace("_", "-")
        raise NoSuchExecutor(
            f"{VARIABLE} is {name}, and {package} is not installed. Install it beside the project "
            f"(pip install {package}), or leave {VARIABLE} out."
        ) from error
    assert isinstance(found, dg.ExecutorDefinition)
    return found
