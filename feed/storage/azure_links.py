"""Links to blobs that open without a key, for a while: shared access signatures.

With an account key the key signs. As an identity a user delegation key signs, which
storage gives out for up to seven days; one is kept and renewed before it ends, so that a
link costs no request.

https://learn.microsoft.com/rest/api/storageservices/delegate-access-with-shared-access-signature
"""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import quote

from azure.storage.blob import BlobSasPermissions, UserDelegationKey, generate_blob_sas
from azure.storage.blob.aio import BlobServiceClient

from feed.storage.azure_requests import Requests

# Storage's clock may be behind ours, and then a link that begins now does not open yet.
CLOCK_SKEW = timedelta(minutes=5)
KEY_LIFETIME = timedelta(hours=6)

_CACHE_CONTROL = "private, max-age=31536000, immutable"


class Links:
    def __init__(
        self,
        service: BlobServiceClient,
        container: str,
        requests: Requests,
        clock: Callable[[], datetime],
    ) -> None:
        self._service = service
        self._container = container
        self._requests = requests
        self._clock = clock
        self._delegation: tuple[UserDelegationKey, datetime] | None = None
        self._renewal = asyncio.Lock()

    async def sign(
        self, path: str, *, lifetime: timedelta, filename: str, content_type: str
    ) -> str | None:
        """Make a link for reading one blob, or None where nothing can sign."""
        now = self._clock()
        account_key = getattr(self._service.credential, "account_key", None)
        delegation = None if account_key else await self._delegation_until(now, now + lifetime)
        if not account_key and not delegation:
            return None
        blob = self._service.get_blob_client(self._container, path)
        signature = generate_blob_sas(
            str(self._service.account_name),
            self._container,
            path,
            account_key=account_key,
            user_delegation_key=delegation,
            permission=BlobSasPermissions(read=True),
            start=now - CLOCK_SKEW,
            expiry=now + lifetime,
            protocol="https" if self._service.scheme == "https" else None,
            cache_control=_CACHE_CONTROL,
            content_disposition=disposition(filename),
            content_type=content_type,
        )
        return f"{blob.url}?{signature}"

    async def _delegation_until(self, now: datetime, end: datetime) -> UserDelegationKey | None:
        if not hasattr(self._service.credential, "get_token"):
            return None
        async with self._renewal:
            if self._delegation is None or self._delegation[1] < end:
                expiry = max(end, now + KEY_LIFETIME)
                fetch = partial(self._service.get_user_delegation_key, now - CLOCK_SKEW, expiry)
                self._delegation = await self._requests.send(fetch), expiry
            return self._delegation[0]


def disposition(filename: str) -> str:
    """Name a download. RFC 6266: `filename*` is for what is not plain ASCII."""
    if re.fullmatch(r"[A-Za-z0-9!#$&+.^_`|~-]+", filename):
        return f"attachment; filename={filename}"
    return f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
