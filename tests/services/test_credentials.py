from base64 import b64encode

import pytest

from feed.services.credentials import Credentials


def basic(text: str, encoding: str = "utf-8") -> str:
    return f"Basic {b64encode(text.encode(encoding)).decode()}"


@pytest.mark.parametrize(
    ("authorization", "password"),
    [
        (basic("user:secret"), "secret"),
        (basic(":secret"), "secret"),
        (basic("user:se:cr et ö"), "se:cr et ö"),
        (basic("ö:secret"), "secret"),
        ("basic " + basic("user:secret")[6:], "secret"),
        ("BASIC   " + basic("user:secret")[6:] + " ", "secret"),
        ("Bearer secret", "secret"),
        ("bearer  secret ", "secret"),
    ],
)
def test_a_password_is_that_of_basic_or_a_bearer_token(authorization: str, password: str) -> None:
    assert Credentials.read(authorizations=[authorization]) == Credentials(password=password)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic ",
        "Basic Og==",  # nuget.exe sends this, an empty user and password, where it has none
        basic("no colon"),
        "Basic !!!!",
        "Basic dXNlcjpzZWNyZX",
        "Basic dXNlcjpz ZWNyZXQ=",
        "Basic \xe9\xe8",
        basic("user:\xff", "latin-1"),
        "Bearer",
        "Negotiate abc",
        'Digest username="user"',
        "Basic" + "A" * 8192,
        "dXNlcjpzZWNyZXQ=",
    ],
)
def test_what_makes_no_sense_counts_as_absent(authorization: str) -> None:
    assert Credentials.read(authorizations=[authorization]) == Credentials()


def test_an_api_key_is_taken_as_it_is() -> None:
    assert Credentials.read(api_keys=[" RequiredApiKey "]) == Credentials(api_key="RequiredApiKey")


def test_what_is_said_twice_is_not_heard() -> None:
    """A proxy before us may have looked at the first, and we would look at the last."""
    twice = [basic("user:one"), basic("user:two")]
    assert Credentials.read(["one", "two"], twice) == Credentials()


def test_secrets_are_not_printed_by_mistake() -> None:
    printed = repr(Credentials("marked-1", "marked-2", "192.0.2.7"))
    assert printed == "Credentials(address='192.0.2.7')"


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        (["192.0.2.7"], "192.0.2.7"),
        (["192.0.2.7:50123"], "192.0.2.7"),
        (["2001:DB8::7"], "2001:db8::7"),
        (["[2001:db8::7]:50123"], "2001:db8::7"),
        (["[2001:db8::7]"], "2001:db8::7"),
        (["::ffff:192.0.2.7"], "192.0.2.7"),
        (["[::ffff:192.0.2.7]:50123"], "192.0.2.7"),
        (["203.0.113.9, 192.0.2.7"], "192.0.2.7"),
        (["203.0.113.9", "192.0.2.7:1"], "192.0.2.7"),
        ([], ""),
        ([""], ""),
        (["unknown"], ""),
        (["192.0.2.7.8"], ""),
        (["lrd_0123456789_secret"], ""),
        (["192.0.2.7\r\nforged=line"], ""),
        (["fe80::7%eth0"], ""),
        (["2001:db8::7%key=forged actor=somebody"], ""),
        (["fe80::7%" + "x" * 8192], ""),
        ([":1"], ""),
        (["[]"], ""),
    ],
)
def test_an_address_is_the_last_one_or_none(lines: list[str], address: str) -> None:
    assert Credentials.read(addresses=lines) == Credentials(address=address)
