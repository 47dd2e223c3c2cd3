"""A base image without a registry: Debian with Python, made by debootstrap, kept between runs."""

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

from docker import DockerClient

SUITE = "bookworm"
PACKAGES = "python3,python3-venv,ca-certificates"
REPOSITORY = "ecotrajet-test-base"


def base_image(client: DockerClient) -> str:
    """Its tag; takes a minute the first time, a few seconds from the cache, nothing if the engine still has it."""
    tag = hashlib.sha256(f"{SUITE} {PACKAGES}".encode()).hexdigest()[:12]
    name = f"{REPOSITORY}:{tag}"
    if not client.images.list(name):
        archive = _archive(cache() / f"{REPOSITORY}-{tag}.tar")
        client.api.import_image_from_file(str(archive), repository=REPOSITORY, tag=tag)
    return name


def cache() -> Path:
    """ECOTRAJET_TEST_CACHE, else ~/.cache/ecotrajet-tests."""
    folder = Path(os.environ.get("ECOTRAJET_TEST_CACHE") or Path.home() / ".cache" / "ecotrajet-tests")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _archive(archive: Path) -> Path:
    if archive.exists():
        return archive
    assert os.geteuid() == 0, "debootstrap needs root: run `make prove` as root"
    with tempfile.TemporaryDirectory(prefix="ecotrajet-debootstrap-") as folder:
        root = Path(folder) / "root"
        _run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(root))
        for litter in ("var/cache/apt/archives", "var/lib/apt/lists"):
            _run("find", str(root / litter), "-type", "f", "-delete")
        unfinished = archive.with_suffix(f".{os.getpid()}")
        _run("tar", "--create", "--numeric-owner", "--file", str(unfinished), "--directory", str(root), ".")
        unfinished.rename(archive)
    return archive


def _run(*command: str) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout[-3000:]}{done.stderr[-2000:]}"
