"""What a container uses of its host: two samples in the figures of `docker stats`. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.runbook.looks import Usage
from runbooks.docker_engine.look import Seen, moment

Raw = Mapping[str, Any]


def of(service: str, seen: Seen, stats: Raw) -> Usage:
    """`stats`: of `/containers/{id}/stats`, both samples, cgroup version 1 or 2; what is missing counts as nothing."""
    cpu, cores = _cpu(stats)
    own_cores = cores_of(seen)
    own = int(seen.raw["HostConfig"].get("Memory") or 0)
    memory = stats.get("memory_stats") or {}
    networks = (stats.get("networks") or {}).values()
    blocks = (stats.get("blkio_stats") or {}).get("io_service_bytes_recursive") or []
    return Usage(
        service=service,
        container=seen.name,
        cpu=cpu,
        cores=min(own_cores, cores) if own_cores and cores else own_cores or cores,
        memory=_memory(memory),
        memory_limit=own or int(memory.get("limit") or 0),
        limited=bool(own),
        received=sum(int(each.get("rx_bytes") or 0) for each in networks),
        sent=sum(int(each.get("tx_bytes") or 0) for each in networks),
        read=sum(int(each["value"]) for each in blocks if str(each.get("op")).casefold() == "read"),
        written=sum(int(each["value"]) for each in blocks if str(each.get("op")).casefold() == "write"),
        processes=int((stats.get("pids_stats") or {}).get("current") or 0),
    )


def cores_of(seen: Seen) -> float:
    """How many cores it was given; 0: no limit of its own."""
    host = seen.raw["HostConfig"]
    if nano := int(host.get("NanoCpus") or 0):
        return nano / 1e9
    quota, period = int(host.get("CpuQuota") or 0), int(host.get("CpuPeriod") or 0)
    return quota / (period or 100_000) if quota > 0 else 0.0


def _cpu(stats: Raw) -> tuple[float, float]:
    """Per cent of one core between the samples, and how many cores there are (Engine API, ContainerStats)."""
    now, before = stats.get("cpu_stats") or {}, stats.get("precpu_stats") or {}
    used = (_total(now) - _total(before)) / 1e9  # nanoseconds of all cores
    start, end = moment(str(stats.get("preread") or "")), moment(str(stats.get("read") or ""))
    passed = (end - start).total_seconds() if start and end else 0.0
    percpu = (now.get("cpu_usage") or {}).get("percpu_usage") or []
    cores = float(now.get("online_cpus") or len(percpu) or 1)
    return (100 * used / passed if used > 0 and passed > 0 else 0.0), cores


def _total(sample: Raw) -> int:
    return int((sample.get("cpu_usage") or {}).get("total_usage") or 0)


def _memory(memory: Raw) -> int:
    """Without the page cache that the kernel gives back when asked, as `docker stats` shows it."""
    usage = int(memory.get("usage") or 0)
    parts = memory.get("stats") or {}
    idle = int(parts.get("total_inactive_file") or parts.get("inactive_file") or 0)
    return usage - idle if idle < usage else usage
