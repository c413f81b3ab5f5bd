import pytest

from feed.errors import InvalidArchive
from feed.nuget.signature import Signer, parse_signer
from tests.builders import AUTHOR_SIGNATURE, REPOSITORY_SIGNATURE, nupkg
from tests.nuget.zips import Part, faults_of, package_of, read


@pytest.mark.parametrize(
    ("signature", "signer"),
    [
        (AUTHOR_SIGNATURE, "author"),
        (REPOSITORY_SIGNATURE, "repository"),
        (AUTHOR_SIGNATURE + REPOSITORY_SIGNATURE, "author"),
    ],
)
def test_the_primary_signature_says_whose_it_is(signature: bytes, signer: Signer) -> None:
    assert parse_signer(b"\x30\x82" + signature + b"\x05\x00") == signer
    assert read(nupkg(files={".signature.p7s": signature})).signature == signer


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        AUTHOR_SIGNATURE[:-1] + b"\x03",
        AUTHOR_SIGNATURE + AUTHOR_SIGNATURE,
        REPOSITORY_SIGNATURE + REPOSITORY_SIGNATURE,
        REPOSITORY_SIGNATURE + AUTHOR_SIGNATURE,
        AUTHOR_SIGNATURE + REPOSITORY_SIGNATURE + REPOSITORY_SIGNATURE,
    ],
)
def test_any_other_signature_or_countersignature_is_refused(signature: bytes) -> None:
    with pytest.raises(InvalidArchive):
        parse_signer(signature)
    assert faults_of(nupkg(files={".signature.p7s": signature})) == (
        ".signature.p7s is neither an author's nor a repository's signature",
    )


def test_a_package_without_a_signature_has_no_signer() -> None:
    assert read(nupkg(files={"lib/.signature.p7s": AUTHOR_SIGNATURE})).signature is None
    assert read(nupkg(files={"%2Esignature.p7s": AUTHOR_SIGNATURE})).signature is None


def test_a_signature_is_stored_as_it_is() -> None:
    assert faults_of(package_of(Part(".signature.p7s", AUTHOR_SIGNATURE, method=8))) == (
        ".signature.p7s is compressed, so that no client can verify it",
    )


def test_a_signature_over_1_mb_is_not_read() -> None:
    assert faults_of(nupkg(files={".signature.p7s": bytes(2**20 + 1)})) == (
        "entry '.signature.p7s' takes 1048577 bytes, 1048576 are allowed",
    )
