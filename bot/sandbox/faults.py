"""Faults one can arm: the next calls that match fail, hang or lose their connection in the way that was asked for."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass(slots=True)
class Fault:
    """One armed fault.

    `method` is a pattern ("chat.*", "*"); `where` holds further equalities on arguments (channel, To…);
    `applied` lets the call take effect before it hangs or its answer is lost, which is how repeats are provoked.
    """

    method: str = "*"
    error: str | int | None = None
    times: int = 1
    retry_after: int | None = None
    http_status: int | None = None
    hang: float = 0.0
    disconnect: bool = False
    applied: bool = False
    where: Mapping[str, str] = field(default_factory=dict)

    async def hold(self) -> None:
        """Let the caller wait as long as was asked for."""
        await asyncio.sleep(self.hang)

    def matches(self, method: str, args: Mapping[str, object]) -> bool:
        """True while it has shots left and this call is one of those meant."""
        return (
            self.times > 0
            and fnmatchcase(method, self.method)
            and all(str(args.get(name)) == value for name, value in self.where.items())
        )


class Faults:
    """The armed faults of one service, oldest first."""

    def __init__(self) -> None:
        self.armed: list[Fault] = []

    def arm(
        self,
        method: str = "*",
        error: str | int | None = None,
        *,
        times: int = 1,
        retry_after: int | None = None,
        http_status: int | None = None,
        hang: float = 0.0,
        disconnect: bool = False,
        applied: bool = False,
        **where: str,
    ) -> Fault:
        """Make the next `times` matching calls fail; `hang` is in seconds; `where` compares arguments."""
        fault = Fault(method, error, times, retry_after, http_status, hang, disconnect, applied, where)
        self.armed.append(fault)
        return fault

    def clear(self) -> None:
        """Everything works again."""
        self.armed.clear()

    def strike(self, method: str, args: Mapping[str, object]) -> Fault | None:
        """Spend one shot of the first fault that matches; None when the call may go on."""
        for fault in self.armed:
            if fault.matches(method, args):
                fault.times -= 1
                return fault
        return None
