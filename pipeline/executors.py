"""Executors: on how many processes or machines the steps of a run work, chosen by the environment.

No asset knows of it. Where several machines work, they share the data root through
KOMPETANSE_STORE (warehouse/store.py) or a network drive.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError

if TYPE_CHECKING:
    import dagster as dg

VARIABLE = "KOMPETANSE_EXECUTOR"
# Address of the Dask scheduler (tcp://host:8786); without it, workers are started on this machine.
DASK_VARIABLE = "KOMPETANSE_DASK"
# Dagster's own names of the modules and executors that must be installed beside the project.
_FOREIGN = {
    "dask": ("dagster_dask", "dask_executor"),
    "k8s": ("dagster_k8s", "k8s_job_executor"),
    "celery": ("dagster_celery", "celery_executor"),
}
IN_PROCESS, MULTIPROCESS, DASK = "in_process", "multiprocess", "dask"


class NoSuchExecutor(KompetanseError):
    """KOMPETANSE_EXECUTOR names none of the executors, or one that is not installed."""


def chosen() -> dg.ExecutorDefinition:
    """The executor that KOMPETANSE_EXECUTOR names; in_process where it is not set.

    Tables are small: a process per step costs many times the work itself (docs/adr/0004).
    Raises NoSuchExecutor with those that there are.
    """
    import dagster as dg

    name = os.environ.get(VARIABLE) or IN_PROCESS
    if name == IN_PROCESS:
        return dg.in_process_executor
    if name == MULTIPROCESS:
        return dg.multiprocess_executor.configured({"start_method": _start()}, name=MULTIPROCESS)
    if name not in _FOREIGN:
        raise NoSuchExecutor(
            f"{VARIABLE} is {name!r}. It is one of "
            f"{', '.join([IN_PROCESS, MULTIPROCESS, *_FOREIGN])}; left out, it is {IN_PROCESS}."
        )
    found = _foreign(name)
    # Dask's has settings without a default: runs of schedules and sensors would be refused.
    return found.configured({"cluster": _cluster()}, name=DASK) if name == DASK else found


def _start() -> dict[str, Any]:
    """How a process per step begins: as a copy of one that has read the code, where that can be."""
    there = "forkserver" in multiprocessing.get_all_start_methods()
    return {"forkserver" if there else "spawn": {}}


def _foreign(name: str) -> dg.ExecutorDefinition:
    import dagster as dg

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


def _cluster() -> dict[str, Any]:
    address = os.environ.get(DASK_VARIABLE)
    return {"existing": {"address": address}} if address else {"local": {}}
