"""Which function does which kind of job."""

from collections.abc import Callable
from typing import Any

Work = Callable[[Any], None]
_work: dict[str, Work] = {}


def work(kind: str) -> Callable[[Work], Work]:
    """Register the decorated function, which takes a Lease, for jobs of ``kind``. It must be able to run twice."""

    def remember(function: Work) -> Work:
        _work[kind] = function
        return function

    return remember


def work_for(kind: str) -> Work:
    return _work[kind]
