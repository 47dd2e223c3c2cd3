"""Requests for which the SDK has no method, or only one without types. `api` is its APIClient."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any


def inspect_image(api: Any, image_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.inspect_image(image_id)
    return found


def create(api: Any, config: Mapping[str, Any], name: str) -> str:
    """The new container's id. The SDK's `create_container` would add the desk's own proxy variables and more."""
    made: dict[str, Any] = api.create_container_from_config(config, name)
    return str(made["Id"])


def finish(stream: Any) -> None:
    """Let go of an event stream's connection: the SDK's own `close` shuts it and leaves it open."""
    stream._response.close()


def connect(api: Any, network: str, request: Mapping[str, Any]) -> None:
    """POST /networks/{id}/connect with the endpoint as it is: the SDK's own method loses most of it."""
    api._raise_for_status(api._post_json(api._url("/networks/{0}/connect", network), request))


def set_policy(api: Any, container_id: str, policy: Mapping[str, Any]) -> None:
    """`policy` as the engine shows it: `{"Name": …, "MaximumRetryCount": …}`."""
    api.update_container(container_id, restart_policy=dict(policy))


def registry_digest(api: Any, reference: str) -> str:
    """`sha256:…` of the manifest that the registry has under this name."""
    found: dict[str, Any] = api.inspect_distribution(reference)
    return str(found["Descriptor"]["digest"])


def pull(api: Any, reference: str, told_of: Callable[[Mapping[str, Any]], None]) -> str:
    """Why it failed, or nothing. The engine answers 200 before it has begun: what went wrong comes in the stream.

    `told_of` gets each of its messages as it comes, in this thread.
    """
    for told in api.pull(reference, stream=True, decode=True):
        told_of(told)
        if "error" in told:
            return str(told["error"])
    return ""


def inspect_service(api: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = api.inspect_service(name)
    return found


def update_service(api: Any, service_id: str, index: int, spec: Mapping[str, Any]) -> None:
    """POST /services/{id}/update with the whole spec: the SDK's own method fills in fields that nobody gave."""
    url = api._url("/services/{0}/update", service_id)
    api._raise_for_status(api._post_json(url, data=dict(spec), params={"version": index}))


def tasks(api: Any, service_id: str) -> list[dict[str, Any]]:
    """Of one service, those that ended included."""
    found: list[dict[str, Any]] = api.tasks(filters={"service": service_id})
    return found


def service_names(api: Any) -> list[str]:
    return [str(each["Spec"]["Name"]) for each in api.services()]


def container_logs(
    api: Any, container_id: str, *, tail: int, since: int | str | None = None, timestamps: bool = False
) -> Any:
    """The open answer (`requests.Response`), to be read and closed; the SDK's own reader takes a TTY's byte by byte.

    `since`: seconds of the epoch, as text with nine decimals. `timestamps`: each line begins with its moment.
    """
    return _logs(api, api._url("/containers/{0}/logs", container_id), tail, since, timestamps)


def service_logs(api: Any, service_id: str, *, tail: int, since: int | None = None) -> Any:
    """The same of all tasks of a Swarm service; `tail` counts for each."""
    return _logs(api, api._url("/services/{0}/logs", service_id), tail, since)


def _logs(api: Any, url: str, tail: int, since: int | str | None, timestamps: bool = False) -> Any:
    asked = {"stdout": 1, "stderr": 1, "follow": 0, "tail": tail, **({"since": since} if since else {})}
    if timestamps:
        asked["timestamps"] = 1
    answer = api._get(url, params=asked, stream=True)
    api._raise_for_status(answer)
    return answer


def prepare(api: Any, container_id: str, command: Sequence[str]) -> str:
    """The id of an exec that has not begun: `command` is a list, no shell reads it."""
    made: dict[str, Any] = api.exec_create(container_id, list(command), stdout=True, stderr=True)
    return str(made["Id"])


def begin(api: Any, exec_id: str, limit: float) -> Any:
    """The open answer of an exec, to be read and closed; each read ends after `limit` seconds, the SDK's own never."""
    url = api._url("/exec/{0}/start", exec_id)
    answer = api._post_json(url, data={"Detach": False, "Tty": False}, stream=True, timeout=limit)
    api._raise_for_status(answer)
    return answer


def exit_code(api: Any, exec_id: str) -> int | None:
    """None: it still runs."""
    found: dict[str, Any] = api.exec_inspect(exec_id)
    return None if found.get("Running") else int(found.get("ExitCode") or 0)


def top(api: Any, container_id: str, arguments: str = "") -> dict[str, Any]:
    """`{"Titles": […], "Processes": [[…]]}`, by the host's own `ps`."""
    found: dict[str, Any] = api.top(container_id, ps_args=arguments or None)
    return found


def stats(api: Any, container_id: str) -> dict[str, Any]:
    """Two samples, a second apart: the engine takes two seconds for both, and one for a single one (20.10)."""
    found: dict[str, Any] = api.stats(container_id, stream=False)
    return found


def changes(api: Any, container_id: str, most: int) -> tuple[str, bool]:
    """JSON text of `docker diff`, at most `most` bytes of it, and whether that is all."""
    answer = api._get(api._url("/containers/{0}/changes", container_id), stream=True)
    try:
        api._raise_for_status(answer)
        text = bytes(answer.raw.read(most + 1))
    finally:
        answer.close()
    return text[:most].decode(errors="replace"), len(text) <= most


def networks(api: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.networks()
    return found


def inspect_network(api: Any, network_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.inspect_network(network_id)
    return found
