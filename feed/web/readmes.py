"""Readmes of packages, with the pictures that lie beside them."""

from feed.nuget.pictures import resolve
from feed.nuget.version import Version
from feed.services.showcase import Shown
from feed.web import markdown


def render_readme(shown: Shown, root: str) -> str | None:
    """Return safe HTML, or None if there is no readme, or none that can be shown."""
    if shown.readme is None:
        return None
    state, readme = shown.state, shown.leaf.manifest.readme or ""
    folder = f"{root}/packages/{state.id}/{Version.parse(state.version)}/pictures"
    # Readmes are written on systems that do not tell `Logo.png` from `logo.png`.
    numbers = {each.path.lower(): number for number, each in enumerate(shown.leaf.pictures)}

    def find_picture(address: str) -> str | None:
        number = numbers.get((resolve(address, readme) or "").lower())
        return None if number is None else f"{folder}/{number}"

    return markdown.render(shown.readme, find_picture)
