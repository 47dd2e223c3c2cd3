"""Docker, in our words: the only place that imports its SDK. The recipe was measured first, see docker.md."""

from runbooks.docker_engine.engines import DockerEngines

__all__ = ["DockerEngines"]
