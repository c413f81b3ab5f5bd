"""An emulator that is entered with tokens instead of a key, as Azure is with a managed identity."""

import base64
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from azure.core.credentials import AccessToken
from azure.data.tables.aio import TableServiceClient
from azure.storage.blob.aio import BlobServiceClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from feed.storage.azure_blobs import AzureBlobs
from feed.storage.azure_rows import AzureRows
from tests.azurite import NO_RETRIES, Azurite, fresh_name, running_azurite


class AnyToken:
    """A credential with a token of nobody's, which an emulator believes: it checks no signature."""

    async def get_token(self, *scopes: str, **options: object) -> AccessToken:
        expiry = int(time.time()) + 3600
        claims = {
            "aud": "https://storage.azure.com",
            "iss": "https://sts.windows.net/00000000-0000-0000-0000-000000000000/",
            "oid": "nobody",
            "tid": "nowhere",
            "iat": expiry - 3700,
            "nbf": expiry - 3700,
            "exp": expiry,
        }
        parts = [{"alg": "none"}, claims]
        encoded = [
            base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts
        ]
        return AccessToken(b".".join([*encoded, b"x"]).decode(), expiry)

    async def close(self) -> None:
        pass

    async def __aenter__(self) -> "AnyToken":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        pass


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class EnteredStorage:
    """Storage that was entered with a token, and the certificate that it is trusted by."""

    blobs: AzureBlobs
    rows: AzureRows
    clock: Clock
    certificate: Path

    @classmethod
    def enter(cls, azurite: Azurite, certificate: Path) -> Self:
        """Enter it as nobody else does: with a container and tables of its own."""
        # What the SDKs trust by themselves is settled once a process, when aiohttp is loaded.
        trust: dict[str, Any] = {"connection_verify": str(certificate), "retry_total": 0}
        clock, name = Clock(), fresh_name()
        blobs = BlobServiceClient(azurite.blob_url, AnyToken(), **trust)
        tables = TableServiceClient(azurite.table_url, credential=AnyToken(), **trust)
        return cls(
            AzureBlobs(blobs, name, clock=clock, patience=NO_RETRIES),
            AzureRows(tables, name, patience=NO_RETRIES),
            clock,
            certificate,
        )

    async def ensure(self, tables: Iterable[str]) -> None:
        await self.blobs.ensure()
        await self.rows.ensure(tables)

    async def close(self) -> None:
        await self.blobs.close()
        await self.rows.close()


@contextmanager
def azurite_with_tokens(folder: Path) -> Iterator[tuple[Azurite, Path]]:
    """Start an emulator that speaks https, and say which certificate to trust."""
    certificate, private_key = folder / "certificate.pem", folder / "key.pem"
    _write_certificate(certificate, private_key)
    options = ["--oauth", "basic", "--cert", str(certificate), "--key", str(private_key)]
    with running_azurite(*options) as azurite:
        yield azurite, certificate


def _write_certificate(certificate: Path, private_key: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    certificate.write_bytes(signed.public_bytes(pem))
    private_key.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
