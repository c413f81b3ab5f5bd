import gzip

import pytest
from starlette.requests import Request
from starlette.responses import Response

from feed.services.answers import Answer
from feed.wire import accepts_gzip, json_response, one_line, prepared_response

LONG = b'{"versions":[' + b'"1.0.0",' * 500 + b'"2.0.0"]}'
SHORT = b'{"versions":["1.0.0"]}'
PLAIN, GZIPPED = Answer.plain(LONG), Answer.gzipped(LONG)


def request(*headers: tuple[str, str]) -> Request:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    return Request({"type": "http", "method": "GET", "headers": raw})


def accepting(value: str) -> Request:
    return request(("Accept-Encoding", value))


def body_of(response: Response) -> bytes:
    """Do as a client does with what it receives."""
    body = bytes(response.body)
    return gzip.decompress(body) if response.headers.get("content-encoding") == "gzip" else body


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip, deflate", True),
        ("gzip, deflate, br", True),
        ("GZIP", True),
        ("br, gzip;q=0.1", True),
        ("deflate,gzip ; q = 1.0", True),
        ("*", True),
        ("*;q=0, gzip", True),
        ("gzip;q=nonsense", True),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; Q=0.000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("x-notgzip", False),
    ],
)
def test_takes_accept_encoding_at_its_word(header: str, accepted: bool) -> None:
    assert accepts_gzip(accepting(header), unasked=not accepted) is accepted


@pytest.mark.parametrize("unasked", [True, False])
def test_without_accept_encoding_the_resource_decides(unasked: bool) -> None:
    assert accepts_gzip(request(), unasked=unasked) is unasked


def test_accept_encoding_may_be_spread_over_lines() -> None:
    two = request(("Accept-Encoding", "br"), ("Accept-Encoding", "gzip"))
    assert accepts_gzip(two, unasked=False)


def test_a_long_document_is_gzipped_for_who_accepts_it() -> None:
    response = json_response(accepting("gzip"), LONG)
    assert dict(response.headers) == {
        "etag": PLAIN.etag,
        "cache-control": "no-cache",
        "vary": "Accept-Encoding",
        "content-encoding": "gzip",
        "content-length": str(len(response.body)),
        "content-type": "application/json",
    }
    assert len(response.body) < 100
    assert body_of(response) == LONG


@pytest.mark.parametrize("req", [request(), accepting("identity")])
def test_a_long_document_stays_text_for_who_does_not(req: Request) -> None:
    response = json_response(req, LONG, cache="no-store")
    assert dict(response.headers) == {
        "etag": PLAIN.etag,
        "cache-control": "no-store",
        "vary": "Accept-Encoding",
        "content-length": str(len(LONG)),
        "content-type": "application/json",
    }
    assert response.body == LONG


def test_a_short_document_is_not_worth_it() -> None:
    response = json_response(accepting("gzip"), SHORT)
    assert response.body == SHORT
    assert "vary" not in response.headers


@pytest.mark.parametrize("req", [request(), accepting("gzip, deflate"), accepting("*")])
def test_what_is_gzipped_is_sent_so(req: Request) -> None:
    response = prepared_response(req, GZIPPED)
    assert response.body == GZIPPED.body
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("header", ["identity", "gzip;q=0", ""])
def test_what_is_gzipped_is_unpacked_for_who_refuses_it(header: str) -> None:
    response = prepared_response(accepting(header), GZIPPED)
    assert response.body == LONG
    assert "content-encoding" not in response.headers
    assert response.headers["vary"] == "Accept-Encoding"


def test_what_lies_ready_as_text_is_never_gzipped() -> None:
    response = prepared_response(accepting("gzip"), PLAIN)
    assert response.body == LONG
    assert "content-encoding" not in response.headers
    assert "vary" not in response.headers


def test_an_etag_is_the_same_in_every_encoding() -> None:
    answers = [
        json_response(accepting("gzip"), LONG),
        json_response(request(), LONG),
        prepared_response(request(), GZIPPED),
        prepared_response(accepting("identity"), GZIPPED),
        prepared_response(request(), PLAIN),
    ]
    assert {answer.headers["etag"] for answer in answers} == {PLAIN.etag}
    assert PLAIN.etag.startswith('W/"')


@pytest.mark.parametrize(
    "known", [PLAIN.etag, PLAIN.etag.removeprefix("W/"), f'"other", {PLAIN.etag}', "*"]
)
def test_who_has_a_document_gets_no_body(known: str) -> None:
    req = request(("If-None-Match", known))
    for response in (json_response(req, LONG), prepared_response(req, GZIPPED)):
        assert (response.status_code, response.body) == (304, b"")
        assert dict(response.headers) == {
            "etag": PLAIN.etag,
            "cache-control": "no-cache",
            "vary": "Accept-Encoding",
        }


def test_who_has_another_document_gets_this_one() -> None:
    req = request(("If-None-Match", 'W/"other"'))
    assert json_response(req, LONG).status_code == 200
    assert prepared_response(req, GZIPPED).status_code == 200


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (["no license", "no readme"], "no license | no readme"),
        (["the key 'lrd_…'"], "the key 'lrd_...'"),
        (["Größe\r\nX-Evil: 1"], "Größe  X-Evil: 1"),
        (["日本 \x7f\x85"], "??   "),
        (["x" * 2000], "x" * 1000),
    ],
)
def test_a_warning_is_one_line_that_a_header_takes(texts: list[str], line: str) -> None:
    assert one_line(texts) == line
