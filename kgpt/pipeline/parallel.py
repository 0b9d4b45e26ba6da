"""Several arms of a run at once, each training and its measuring in a process of its own.

On few cores that is faster than one arm after the other with all threads: `training.num_threads: 1` and as many
processes as cores. What an arm gives does not depend on how many run beside it. A process that outlives a killed parent
keeps its arm's lock, so that no second run trains it at the same time.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import AbstractContextManager
from functools import partial
from multiprocessing import get_context
from typing import Literal

from kgpt.evaluation import Exam
from kgpt.locking import locked
from kgpt.manifest import Manifest
from kgpt.pipeline.arm import Arm, train_arm
from kgpt.pipeline.measuring import measure_arm, open_exam
from kgpt.training.allocator import give_back_memory

Until = Literal["arms", "results"]


def work_on_arms(arms: Sequence[Arm], sequences: Manifest, exam: Exam, *, num_processes: int, until: Until) -> None:
    """Train and measure every arm that does not stand yet.

    Args:
        arms: in the order in which they are begun.
        sequences: the manifest of stage 5.
        exam: what they are asked; other processes open it themselves.
        num_processes: at once.
        until: `arms` trains only.

    Raises:
        KgptError: what the first arm that fails raises; the others that have begun are finished first.
    """
    if num_processes <= 1:
        for arm in arms:
            with own(arm):
                _work(arm, sequences, exam if until == "results" else None)
        return
    work = partial(work_on_arm, sequences=sequences, until=until)
    threads = max(1, (os.cpu_count() or 1) // num_processes)
    pool = ProcessPoolExecutor(num_processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(threads,))
    with pool:
        waiting = [pool.submit(work, arm) for arm in arms]
        try:
            for done in as_completed(waiting):
                done.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def work_on_arm(arm: Arm, *, sequences: Manifest, until: Until) -> None:
    """Train one arm and seed, and measure it; alone in its folder.

    Raises:
        RunLockedError: a process left over from a killed run still works on it.
    """
    with own(arm):
        _work(arm, sequences, open_exam(arm.config, arm.run) if until == "results" else None)


def own(arm: Arm) -> AbstractContextManager[None]:
    """Hold the arm and seed while the block lasts.

    Raises:
        RunLockedError: a process left over from a killed run still works on it.
    """
    told = f"{arm.folder}: another kgpt still trains {arm.title}; wait for it, or end it"
    return locked(arm.folder.with_name(f"{arm.seed}.lock"), told=told)


def _work(arm: Arm, sequences: Manifest, exam: Exam | None) -> None:
    trained = train_arm(arm, sequences)
    if exam is not None:
        measure_arm(arm, trained, exam)
    give_back_memory()


def _begin(num_threads: int) -> None:
    """What a new process does first: share the cores with its siblings."""
    import torch

    torch.set_num_threads(num_threads)
