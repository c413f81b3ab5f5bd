"""Upload bodies byte for byte as clients send them."""

from dataclasses import dataclass

GUID = "6f3f2c1e-0b0a-4c58-9a40-8f0a4d0a7f11"


@dataclass(frozen=True, slots=True)
class Upload:
    content_type: str
    body: bytes


def modern(package: bytes) -> Upload:
    """As nuget.exe since 3.5 and dotnet: a quoted boundary, names that are not quoted."""
    head = (
        f"--{GUID}\r\n"
        "Content-Type: application/octet-stream\r\n"
        "Content-Disposition: form-data; name=package; filename=package.nupkg; "
        "filename*=utf-8''package.nupkg\r\n\r\n"
    )
    body = head.encode() + package + f"\r\n--{GUID}--\r\n".encode()
    return Upload(f'multipart/form-data; boundary="{GUID}"', body)


def old(package: bytes) -> Upload:
    """As nuget.exe 2.x: dashes in the boundary, which is not quoted; names that are."""
    boundary = "---------------------------8d89f3c1b2a4e60"
    head = (
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="package"; filename="package"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + package + f"\r\n--{boundary}--\r\n".encode()
    return Upload(f"multipart/form-data; boundary={boundary}", body)


def raw(package: bytes) -> Upload:
    return Upload("application/octet-stream", package)


def parts(*each: tuple[str, bytes], boundary: str = "b", end: bytes = b"--\r\n") -> Upload:
    """A form of any parts, each with its headers as one text."""
    opened = [f"--{boundary}\r\n{headers}\r\n\r\n".encode() + body for headers, body in each]
    whole = b"\r\n".join([*opened, f"--{boundary}".encode()]) + end
    return Upload(f"multipart/form-data; boundary={boundary}", whole)


def named(name: str) -> str:
    return f"Content-Disposition: form-data; name={name}; filename={name}.nupkg"
