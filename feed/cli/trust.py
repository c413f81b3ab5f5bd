"""`trust`: says which pipelines get a key without storing one."""

from typing import TYPE_CHECKING, Annotated

import typer

from feed.cli.options import Account, Data, Json
from feed.cli.tables import lines, print_json
from feed.nuget.timestamps import format_ticks
from feed.services.callers import Scope
from feed.services.publishers import Entra, GitHub, Publisher
from feed.services.trust import FIRST_USE, Policy

if TYPE_CHECKING:  # slow to import
    from feed.cli.feeds import Where

Packages = Annotated[
    list[str],
    typer.Option(metavar="GLOB", help="Ids that it may write, such as 'Contoso.*'; repeatable."),
]
Scopes = Annotated[
    list[Scope] | None,
    typer.Option("--scope", help="What its keys are good for; push and push-new by default."),
]
_USUAL = (Scope.PUSH, Scope.PUSH_NEW)


def trust() -> typer.Typer:
    app = typer.Typer(help="Trust pipelines, so that they need no key.", no_args_is_help=True)
    add = typer.Typer(help="Trust a pipeline.", no_args_is_help=True)
    add.command()(github)
    add.command()(entra)
    app.add_typer(add, name="add")
    app.command("list")(list_policies)
    app.command()(remove)
    return app


def github(  # noqa: PLR0913  (each is an option)
    repository: Annotated[str, typer.Argument(metavar="OWNER/REPO", help="The repository.")],
    *,
    workflow: Annotated[str, typer.Option(metavar="FILE", help="Its file, such as release.yml.")],
    packages: Packages,
    environment: Annotated[
        str, typer.Option(metavar="NAME", help="The environment that the job must run in.")
    ] = "",
    scope: Scopes = None,
    data: Data = None,
    account: Account = None,
    json: Json = False,
) -> None:
    """Trust a workflow of GitHub Actions."""
    from feed.cli.feeds import Where  # noqa: PLC0415  (slow to import)

    publisher = GitHub.parse(repository, workflow, environment)
    _add(publisher, packages, scope, Where(data, account), json=json)


def entra(  # noqa: PLR0913  (each is an option)
    *,
    tenant: Annotated[str, typer.Option(metavar="ID", help="The id of the tenant.")],
    client: Annotated[str, typer.Option(metavar="ID", help="The client id of the application.")],
    packages: Packages,
    scope: Scopes = None,
    data: Data = None,
    account: Account = None,
    json: Json = False,
) -> None:
    """Trust an application or a managed identity of Entra ID."""
    from feed.cli.feeds import Where  # noqa: PLC0415  (slow to import)

    _add(Entra.parse(tenant, client), packages, scope, Where(data, account), json=json)


def list_policies(*, data: Data = None, account: Account = None, json: Json = False) -> None:
    """List who is trusted with what."""
    from feed.cli.feeds import Where, on_feed  # noqa: PLC0415  (slow to import)

    policies = on_feed(Where(data, account), lambda feed: feed.trust.all())
    if json:
        print_json([_fields(policy) for policy in policies])
    else:
        print("\n".join(lines(_HEADER, *map(_row, policies))))


def remove(
    policy: Annotated[str, typer.Argument(metavar="ID", help="The id that `trust list` shows.")],
    *,
    data: Data = None,
    account: Account = None,
) -> None:
    """Trust it no longer."""
    from feed.cli.feeds import Where, me, on_feed  # noqa: PLC0415  (slow to import)

    gone = on_feed(Where(data, account), lambda feed: feed.trust.remove(policy, me()))
    print(f"{gone.publisher.title} ({gone.id}) gets no more keys; its last one ends in 15 minutes")


def _add(
    publisher: Publisher,
    packages: list[str],
    scope: list[Scope] | None,
    where: "Where",
    *,
    json: bool,
) -> None:
    from feed.cli.feeds import me, on_feed  # noqa: PLC0415  (slow to import)

    scopes = frozenset(scope or _USUAL)
    policy = on_feed(where, lambda feed: feed.trust.add(publisher, scopes, tuple(packages), me()))
    if json:
        print_json(_fields(policy))
        return
    print(
        f"{publisher.title} ({policy.id}) gets keys for {', '.join(policy.patterns)}, if it asks "
        f"for the first one by {_first_use(policy)}"
    )


_HEADER = ("ID", "WHO", "ENVIRONMENT", "SCOPES", "PACKAGES", "IDS")


def _row(policy: Policy) -> tuple[str, ...]:
    publisher = policy.publisher
    return (
        policy.id,
        publisher.title,
        publisher.environment if isinstance(publisher, GitHub) and publisher.environment else "-",
        " ".join(sorted(policy.scopes)),
        " ".join(policy.patterns),
        policy.pinned or f"not used yet, may be by {_first_use(policy)}",
    )


def _fields(policy: Policy) -> dict[str, object]:
    return {
        "id": policy.id,
        **policy.publisher.names(),
        "scopes": sorted(policy.scopes),
        "packages": policy.patterns,
        "created": format_ticks(policy.created),
        "pinned": policy.pinned,
    }


def _first_use(policy: Policy) -> str:
    return format_ticks(policy.created + FIRST_USE)[:16].replace("T", " ")
