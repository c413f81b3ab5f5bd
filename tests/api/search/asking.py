"""What a client asks of search, and reads in the answer."""

from collections.abc import Mapping

import httpx
import orjson

GZIP = "https://feed.example/v3/registration-gz"
SEMVER2 = "https://feed.example/v3/registration-gz-semver2"


async def found(http: httpx.AsyncClient, **parameters: str | int) -> list[str]:
    answer = await http.get("/v3/search", params=parameters)
    assert answer.status_code == 200
    return [hit["id"] for hit in orjson.loads(answer.content)["data"]]


async def asked(http: httpx.AsyncClient, address: str) -> Mapping[str, object]:
    answer = await http.get(address)
    assert answer.status_code == 200
    document: Mapping[str, object] = orjson.loads(answer.content)
    return document
