"""The page of a licence: an expression, or the file that the package brings."""

from dataclasses import dataclass

from feed.services.showcase import ShownLicense
from feed.web import markdown
from feed.web.links import Link, license_link, link
from feed.web.texts import cut


@dataclass(frozen=True, slots=True)
class LicensePage:
    id: str
    version: str
    elsewhere: Link | None
    """Where it is, if it is not in the package."""

    text: str | None
    html: str | None
    file: str
    """The address of the file, as it is."""


def license_page(shown: ShownLicense, files: str) -> LicensePage:
    """Make a page, in whatever time the file takes to be rendered."""
    manifest, body = shown.manifest, shown.body
    html = markdown.render(body) if body and shown.is_markdown else None
    text = body.decode("utf-8", "replace").removeprefix("\ufeff") if body and not html else None
    expression = manifest.license_expression
    return LicensePage(
        id=manifest.id,
        version=shown.version,
        elsewhere=license_link(expression) if expression else link(manifest.license_url),
        text=cut(text, markdown.LARGEST) if text else None,
        html=html,
        file=f"{files}/license",
    )
