"""One bucket of S3: a stream goes in part by part, so that memory stays flat however large the dump is."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bot.backups.server import DumpFailed
from bot.phrase import Phrase, Value

MIB: Final = 2**20
TROUBLE: Final = (BotoCoreError, Boto3Error)
SETTINGS: Final = Config(connect_timeout=10, read_timeout=60, retries={"mode": "standard", "max_attempts": 5})


class Bucket:
    """Raises DumpFailed when S3 does not take or give what it should. Credentials are the machine's (AWS_…)."""

    def __init__(self, name: str, endpoint: str | None) -> None:
        self.name, self.endpoint = name, endpoint
        self._client: Any = None  # boto3 makes its clients at run time; the stubs in the lock know none of S3

    async def put(self, key: str, parts: AsyncIterator[bytes]) -> tuple[int, str]:
        """Nothing is seen under `key` before the last part arrived. Bytes, and their SHA-256 in hexadecimal."""
        client = await self._connected()
        upload = (await self._ask(client.create_multipart_upload, Bucket=self.name, Key=key))["UploadId"]
        sent: list[dict[str, object]] = []
        size, digest = 0, hashlib.sha256()
        try:
            async for part in parts:
                number = len(sent) + 1
                answer = await self._ask(
                    client.upload_part, Bucket=self.name, Key=key, UploadId=upload, PartNumber=number, Body=part
                )
                sent.append({"ETag": answer["ETag"], "PartNumber": number})
                size += len(part)
                digest.update(part)
            await self._ask(
                client.complete_multipart_upload, Bucket=self.name, Key=key, UploadId=upload,
                MultipartUpload={"Parts": sent},
            )  # fmt: skip
        except BaseException:  # also when we are stopped: parts without an end cost money for ever
            await asyncio.shield(self._abort(client, key, upload))
            raise
        await self._check_size(client, key, size)
        return size, digest.hexdigest()

    async def get(self, key: str) -> AsyncIterator[bytes]:
        """The object, part by part."""
        client = await self._connected()
        body = (await self._ask(client.get_object, Bucket=self.name, Key=key))["Body"]
        try:
            while part := await self._ask(body.read, amt=MIB):
                yield part
        finally:
            body.close()

    async def delete(self, key: str) -> None:
        client = await self._connected()
        await self._ask(client.delete_object, Bucket=self.name, Key=key)

    async def _check_size(self, client: Any, key: str, size: int) -> None:
        stands = (await self._ask(client.head_object, Bucket=self.name, Key=key))["ContentLength"]
        if stands != size:
            values: dict[str, Value | Phrase] = {"held": stands, "object": key, "sent": size}
            raise DumpFailed(Phrase("S3 holds {held} bytes of {object}, {sent} were sent", values))

    async def _abort(self, client: Any, key: str, upload: str) -> None:
        try:
            await self._ask(client.abort_multipart_upload, Bucket=self.name, Key=key, UploadId=upload)
        except DumpFailed:
            return  # the bucket's own rule for unfinished uploads sweeps it

    async def _connected(self) -> Any:
        if self._client is None:
            self._client = await asyncio.to_thread(boto3.client, "s3", endpoint_url=self.endpoint, config=SETTINGS)
        return self._client

    async def _ask(self, call: Callable[..., Any], **values: object) -> Any:
        try:
            return await asyncio.to_thread(call, **values)
        except ClientError as refused:
            code = refused.response.get("Error", {}).get("Code", "?")
            raise DumpFailed(
                Phrase("the bucket {bucket} refuses ({error})", {"bucket": self.name, "error": code})
            ) from refused
        except TROUBLE as trouble:
            facts = {"bucket": self.name, "error": type(trouble).__name__}
            raise DumpFailed(Phrase("the bucket {bucket} cannot be reached ({error})", facts)) from trouble
