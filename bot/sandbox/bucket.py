"""A bucket of the sandbox's own, at moto's server, so that backups and restores can be tried without Amazon."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

BUCKET: Final = "ecotrajet-demo"
KEYS: Final = {
    "AWS_ACCESS_KEY_ID": "sandbox",
    "AWS_SECRET_ACCESS_KEY": "sandbox",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@asynccontextmanager
async def bucket() -> AsyncIterator[str | None]:
    """The endpoint where BUCKET is, while this lasts; this process has keys for it and for nothing else.

    None: moto is not here; it comes with `make setup`, not with the image.
    """
    try:
        from moto.server import ThreadedMotoServer  # a second and 60 MB, for the demo alone
    except ImportError:
        yield None
        return
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    os.environ.update(KEYS)  # where boto3 looks
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # else each request is a line in the demo's terminal
    await asyncio.to_thread(server.start)
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        await asyncio.to_thread(_make, endpoint)
        yield endpoint
    finally:
        await asyncio.to_thread(server.stop)


def _make(endpoint: str) -> None:
    import boto3

    client: Any = boto3.client("s3", endpoint_url=endpoint)  # boto3 makes its clients at run time
    client.create_bucket(Bucket=BUCKET)
    client.close()
