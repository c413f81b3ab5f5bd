"""Requests as the access log tells them, for comparison."""

INDEX = "GET /v3/index.json 200"
PUSH = "PUT /api/v2/package/ 201"


def versions(package_id: str, status: int = 200) -> str:
    return f"GET /v3/content/{package_id}/index.json {status}"


def nupkg(package_id: str, version: str = "1.0.0", status: int = 200) -> str:
    return f"GET /v3/content/{package_id}/{version}/{package_id}.{version}.nupkg {status}"


def registration(package_id: str, status: int = 200) -> str:
    return f"GET /v3/registration-gz-semver2/{package_id}/index.json {status}"


def challenged(*requests: str) -> list[str]:
    """Every request twice: bare, and with credentials after a 401."""
    bare = [each.rpartition(" ")[0] + " 401" for each in requests]
    return [each for pair in zip(bare, requests, strict=True) for each in pair]
