"""An emulator that is entered with tokens instead of a key, as Azure is with a managed identity."""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from types import TracebackType

from azure.core.credentials import AccessToken
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.azurite import Azurite, running_azurite


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
