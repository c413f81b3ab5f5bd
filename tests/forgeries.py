"""Tokens that somebody forged, borrowed or bent, and the reason for which each is refused."""

import hmac
from collections.abc import Callable
from hashlib import sha256

import orjson

from feed.services.publishers import GitHub
from tests.feeds import ADDRESS
from tests.issuers import (
    CLIENT,
    GITHUB,
    PRINCIPAL,
    SECONDS,
    encoded,
    entra,
    github,
    jwk,
    modulus,
    signed,
    unsigned,
)


def with_shared_secret() -> str:
    """HS256, with what the issuer publishes as the secret."""
    message = unsigned({**GITHUB, "jti": "hs"}, alg="HS256")
    secret = orjson.dumps(jwk("first"))
    return f"{message}.{encoded(hmac.digest(secret, message.encode(), sha256))}"


def without_signature() -> str:
    return unsigned({**GITHUB, "jti": "none"}, alg="none") + "."


def with_a_key_of_its_own() -> str:
    """The header brings the key and says where it can be found."""
    own = jwk("another")
    message = unsigned({**GITHUB, "jti": "own"}, jwk=own, jku="https://evil.example/keys")
    return f"{message}.{signed(GITHUB, key='another').rpartition('.')[2]}"


def with_claims_of_another() -> str:
    header, _, signature = github().split(".")
    _, claims, _ = github(repository="contoso/other").split(".")
    return f"{header}.{claims}.{signature}"


def with_critical_extension() -> str:
    return unsigned({**GITHUB, "jti": "crit"}, crit=["b64"], b64=False) + ".AAAA"


def with_raw_signature(value: int) -> str:
    return f"{unsigned({**GITHUB, 'jti': 'raw'})}.{encoded(value.to_bytes(256))}"


ATTACKS: dict[str, tuple[Callable[[], str], str]] = {
    "wrong issuer": (lambda: github(iss="https://evil.example"), "no policy names its issuer"),
    "issuer with a slash more": (lambda: github(iss=GitHub.issuer + "/"), "no policy names"),
    "issuer of another tenant": (
        lambda: entra(iss=f"https://login.microsoftonline.com/{PRINCIPAL}/v2.0"),
        "no policy names its issuer",
    ),
    "no issuer": (lambda: github(iss=None), "no policy names its issuer ''"),
    "wrong audience": (lambda: github(aud="https://www.nuget.org"), "it is meant for"),
    "several audiences": (lambda: github(aud=[ADDRESS, "other"]), "it is meant for ''"),
    "audience of GitHub at Entra": (lambda: entra(aud=ADDRESS), "it is meant for"),
    "algorithm none": (without_signature, "its algorithm is 'none', not RS256"),
    "HS256 with the public key": (with_shared_secret, "its algorithm is 'HS256', not RS256"),
    "unknown key id": (lambda: github(key="another"), "publishes no key 'another'"),
    "swapped key id": (lambda: github(key="another", kid="first"), "its signature is wrong"),
    "key in the header": (with_a_key_of_its_own, "its signature is wrong"),
    "claims of another": (with_claims_of_another, "its signature is wrong"),
    "signature of zero": (lambda: with_raw_signature(0), "its signature is wrong"),
    "signature of one": (lambda: with_raw_signature(1), "its signature is wrong"),
    "signature beyond the modulus": (
        lambda: with_raw_signature(modulus("first") + 1),
        "its signature is wrong",
    ),
    "critical extension": (with_critical_extension, "it has critical extensions"),
    "expired": (lambda: github(exp=SECONDS - 60), "it has expired"),
    "not yet valid": (lambda: github(nbf=SECONDS + 61), "it is not good yet"),
    "issued in the future": (lambda: github(iat=SECONDS + 61), "it is not good yet"),
    "without end": (lambda: github(exp=None), "it does not expire"),
    "good for ever": (lambda: github(exp=SECONDS + 172_801), "for longer than two days"),
    "end as text": (lambda: github(exp=str(SECONDS + 300)), "not a time"),
    "end as true": (lambda: github(exp=True), "exp is 'True', not a time"),
    "without id": (lambda: github(jti=None), "it has no jti to know it by"),
    "fork pull request": (
        lambda: github(event_name="pull_request"),
        "its event is 'pull_request', which outsiders might cause",
    ),
    "pull request target": (lambda: github(event_name="pull_request_target"), "its event is"),
    "comment": (lambda: github(event_name="issue_comment"), "its event is 'issue_comment'"),
    "chained workflow": (lambda: github(event_name="workflow_run"), "its event is"),
    "other repository": (lambda: github(repository="evil/tools"), "it is of the repository"),
    "other workflow": (
        lambda: github(job_workflow_ref="contoso/tools/.github/workflows/test.yml@refs/heads/main"),
        "it is of the workflow",
    ),
    "workflow of that name elsewhere": (
        lambda: github(job_workflow_ref="evil/x/.github/workflows/release.yml@refs/heads/main"),
        "it is of the workflow",
    ),
    "without ids": (lambda: github(repository_id=None), "it lacks the ids"),
    "other application": (lambda: entra(azp=PRINCIPAL), "it is of the application"),
    "other tenant": (lambda: entra(tid=CLIENT), "it is of the tenant"),
    "user of the application": (lambda: entra(scp="push"), "it is of a user"),
    "subject that is no principal": (lambda: entra(sub="somebody"), "it is of a user"),
    "application without id": (lambda: entra(oid="x", sub="x"), "it lacks the id"),
    "oversized": (lambda: github(more="x" * 20_000), "characters, 16384 are allowed"),
    "no workflow of a job": (lambda: github(job_workflow_ref=None), "it is of the workflow ''"),
    "another file that begins alike": (
        lambda: github(
            job_workflow_ref="contoso/tools/.github/workflows/release.yml.evil@refs/heads/main"
        ),
        "it is of the workflow",
    ),
    "three parts of nothing": (lambda: "..", "it is not encoded as a token is"),
    "no token": (lambda: "lrd_0123456789_secret", "it is no signed token"),
    "no JSON": (lambda: "AAAA.AAAA.AAAA", "it is not JSON"),
    "no object": (lambda: f"{encoded(b'[]')}.AAAA.AAAA", "it is not a JSON object"),
    "no key id": (lambda: unsigned(GITHUB, kid="") + ".AAAA", "it names no key"),
}
