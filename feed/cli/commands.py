"""Every command."""

import sys

import typer

from feed.cli.audit import log
from feed.cli.bench.command import bench
from feed.cli.check import check
from feed.cli.errors import CannotStart
from feed.cli.key import key
from feed.cli.package import package
from feed.cli.rebuild import rebuild
from feed.cli.repair import repair
from feed.cli.serve import serve
from feed.cli.test import run_tests
from feed.cli.trust import trust
from feed.cli.version import version
from feed.errors import FeedError


def larder() -> typer.Typer:
    app = typer.Typer(
        name="larder",
        help="A private NuGet V3 feed.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.command()(serve)
    app.add_typer(key(), name="key")
    app.add_typer(trust(), name="trust")
    app.command()(log)
    app.command()(repair)
    app.command()(rebuild)
    app.command("test", context_settings={"ignore_unknown_options": True})(run_tests)
    app.command()(check)
    app.command()(bench)
    app.command()(package)
    app.command()(version)
    return app


def main() -> None:
    try:
        larder()(prog_name="larder")
    except CannotStart as error:
        print(f"larder: {error}", file=sys.stderr)
        sys.exit(2)
    except FeedError as error:
        print(f"larder: {error}", file=sys.stderr)
        sys.exit(1)
