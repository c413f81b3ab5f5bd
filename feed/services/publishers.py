"""Who may be trusted to push without a stored key: a workflow on GitHub, an Entra ID application.

https://docs.github.com/actions/reference/security/oidc
https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference

Each names its issuer, says whether a token is one of its own, and which ids the
token gives that no renaming changes and nobody else can get.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import ClassVar, Final, Self

from feed.errors import InvalidRequest, TokenRefused, shown
from feed.services.jwt import Token

GITHUB: Final = "github"
ENTRA: Final = "entra"

# GitHub: all but these run for whoever opens a pull request or an issue, writes a comment or stars.
_EVENTS: Final = frozenset(
    {"deployment", "push", "release", "repository_dispatch", "schedule", "workflow_dispatch"}
)
# GitHub: the underscore is in the names of users whom an enterprise manages.
_REPOSITORY: Final = re.compile(r"[0-9A-Za-z_-]{1,39}/[0-9A-Za-z._-]{1,100}")
_WORKFLOW: Final = re.compile(r"[0-9A-Za-z._-]{1,100}\.ya?ml")
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class GitHub:
    """A workflow file of a repository, and the environment that its job must run in, if any."""

    kind: ClassVar[str] = GITHUB
    issuer: ClassVar[str] = "https://token.actions.githubusercontent.com"
    token_id: ClassVar[str] = "jti"  # noqa: S105  (the name of a claim)

    repository: str
    workflow: str
    environment: str = ""

    @classmethod
    def parse(cls, repository: str, workflow: str, environment: str = "") -> Self:
        if not _REPOSITORY.fullmatch(repository):
            raise InvalidRequest(f"{shown(repository)} is no repository such as contoso/tools")
        if not _WORKFLOW.fullmatch(workflow):
            raise InvalidRequest(f"{shown(workflow)} is no workflow file such as release.yml")
        if not environment.isprintable():
            raise InvalidRequest(f"{shown(environment)} is no environment such as production")
        return cls(repository, workflow, environment)

    @property
    def title(self) -> str:
        return f"{self.repository} {self.workflow}"

    def names(self) -> dict[str, str]:
        """Spell it by what people call it."""
        return {"kind": self.kind, **asdict(self)}

    def objections(self, token: Token) -> Iterator[str]:
        """Say why a token is not one of this workflow."""
        repository, workflow = token.text("repository"), token.text("job_workflow_ref")
        path = f"{self.repository}/.github/workflows/{self.workflow}"
        environment, event = token.text("environment"), token.text("event_name")
        if repository.lower() != self.repository.lower():
            yield f"it is of the repository {shown(repository)}"
        # GitHub: `job_workflow_ref` is the path of the file whose job this is, an @ and its ref;
        # `workflow_ref` that of the file with which the run began. They differ where one file
        # calls another. The first says which steps get the key, so it has to be the policy's:
        # steps from another repository never are, and who calls those of the policy can change
        # nothing in them.
        if workflow.partition("@")[0].lower() != path.lower():
            yield f"it is of the workflow {shown(workflow)}"
        if self.environment and environment.lower() != self.environment.lower():
            yield f"it is of the environment {shown(environment)}"
        if event not in _EVENTS:
            yield f"its event is {shown(event)}, which outsiders might cause"

    def get_ids(self, token: Token) -> str:
        """Return the ids of the owner and the repository, which they keep when they are renamed."""
        owner, repository = token.text("repository_owner_id"), token.text("repository_id")
        if not (owner.isdecimal() and repository.isdecimal()):
            raise TokenRefused("it lacks the ids of its repository and of the owner")
        return f"{owner}/{repository}"

    def actor(self, token: Token) -> str:
        """Say who it is in the log."""
        return f"{self.title}, run {shown(token.text('run_id'), 20)}"


@dataclass(frozen=True, slots=True)
class Entra:
    """An application of a tenant: a service principal or a managed identity."""

    kind: ClassVar[str] = ENTRA
    token_id: ClassVar[str] = "uti"  # noqa: S105  (the name of a claim)

    tenant: str
    client: str

    @classmethod
    def parse(cls, tenant: str, client: str) -> Self:
        for text in (tenant, client):
            if not _GUID.fullmatch(text.lower()):
                raise InvalidRequest(f"{shown(text)} is no id: one is 36 characters long")
        return cls(tenant.lower(), client.lower())

    @property
    def issuer(self) -> str:
        return f"https://login.microsoftonline.com/{self.tenant}/v2.0"

    @property
    def title(self) -> str:
        return f"application {self.client}"

    def names(self) -> dict[str, str]:
        """Spell it by what people call it."""
        return {"kind": self.kind, **asdict(self)}

    def objections(self, token: Token) -> Iterator[str]:
        """Say why a token is not one of this application."""
        if token.text("tid").lower() != self.tenant:
            yield f"it is of the tenant {shown(token.text('tid'))}"
        if token.text("azp").lower() != self.client:
            yield f"it is of the application {shown(token.text('azp'))}"
        # Entra ID: an application that acts for itself is the subject and has no delegated scopes.
        if "scp" in token.claims or token.text("sub") != token.text("oid"):
            yield "it is of a user, not of the application itself"

    def get_ids(self, token: Token) -> str:
        """Return the id of the principal, which one that is made again does not get."""
        principal = token.text("oid").lower()
        if not _GUID.fullmatch(principal):
            raise TokenRefused("it lacks the id of its principal")
        return principal

    def actor(self, token: Token) -> str:
        """Say who it is in the log."""
        return self.title


Publisher = GitHub | Entra
