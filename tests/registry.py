"""A container registry on loopback that serves the images put into it, as its HTTP API says (Docker Registry v2)."""

import gzip
import hashlib
import io
import json
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@dataclass
class Registry:
    """`name` is `127.0.0.1:port/app`; an engine takes loopback for insecure, so plain HTTP will do."""

    port: int = 0
    blobs: dict[str, bytes] = field(default_factory=dict)
    manifests: dict[str, str] = field(default_factory=dict)  # tag -> digest
    stuck: threading.Event | None = None  # what is asked for comes when it is set

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.port}/app"

    def put(self, host: str, image: str, tag: str) -> str:
        """An image of the engine at `host`, under `tag`; the digest of its manifest."""
        saved = subprocess.run(["docker", "-H", host, "save", image], capture_output=True, check=True, timeout=60)
        with tarfile.open(fileobj=io.BytesIO(saved.stdout)) as tar:
            listed: list[dict[str, Any]] = json.loads(_read(tar, "manifest.json"))
            config, layers = _read(tar, listed[0]["Config"]), [_read(tar, layer) for layer in listed[0]["Layers"]]
        described = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self._blob(config, "application/vnd.docker.container.image.v1+json"),
            "layers": [
                self._blob(gzip.compress(each, 1, mtime=0), "application/vnd.docker.image.rootfs.diff.tar.gzip")
                for each in layers
            ],
        }
        self.manifests[tag] = str(self._blob(json.dumps(described).encode(), MANIFEST)["digest"])
        return self.manifests[tag]

    def _blob(self, content: bytes, media: str) -> dict[str, object]:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.blobs[digest] = content
        return {"mediaType": media, "size": len(content), "digest": digest}


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    found = tar.extractfile(name)
    assert found is not None
    return found.read()


@contextmanager
def registry() -> Iterator[Registry]:
    """Until the block ends."""
    made = Registry()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(body=True)

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def _answer(self, *, body: bool) -> None:
            name = self.path.rpartition("/")[2]
            manifest = "/manifests/" in self.path
            digest = made.manifests.get(name, name) if manifest else name
            content = b"{}" if self.path == "/v2/" else made.blobs.get(digest)
            self.send_response(404 if content is None else 200)
            content = content or b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}'
            self.send_header("Content-Type", MANIFEST if manifest else "application/octet-stream")
            self.send_header("Docker-Content-Digest", digest)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if body and made.stuck is not None and "/blobs/" in self.path:
                made.stuck.wait(60)
            if body:
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield made
        finally:
            server.shutdown()
