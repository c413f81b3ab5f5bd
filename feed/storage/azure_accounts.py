"""Storage accounts: how to enter one, and how patient to be with it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # slow to import
    from azure.core.credentials_async import AsyncTokenCredential

_LOCAL = re.compile(r"//(127\.0\.0\.1|localhost)[:/]|UseDevelopmentStorage=true")


@dataclass(frozen=True, slots=True)
class ConnectionString:
    """An account by its key, as Azure's portal shows it and as Azurite has it."""

    text: str = field(repr=False)

    @property
    def is_local(self) -> bool:
        return bool(_LOCAL.search(self.text))


@dataclass(frozen=True, slots=True)
class Identity:
    """An account that is entered as somebody, with the tokens of a credential."""

    blob_url: str
    table_url: str
    credential: Callable[[], "AsyncTokenCredential"]
    """Makes it; called once, on first use."""

    is_local = False


Account = ConnectionString | Identity


def named_account(name: str, credential: Callable[[], "AsyncTokenCredential"]) -> Identity:
    """Find an account in Azure by its name."""
    return Identity(
        f"https://{name}.blob.core.windows.net",
        f"https://{name}.table.core.windows.net",
        credential,
    )


def managed_identity(client_id: str | None) -> Callable[[], "AsyncTokenCredential"]:
    """Be who the machine is that we run on; None where it is only one."""

    def credential() -> "AsyncTokenCredential":
        from azure.identity.aio import ManagedIdentityCredential  # noqa: PLC0415  (slow to import)

        return ManagedIdentityCredential(client_id=client_id)

    return credential


def signed_in() -> "AsyncTokenCredential":
    """Be whoever is signed in here: to the Azure CLI, to azd, or by what a pipeline set up."""
    from azure.identity.aio import DefaultAzureCredential  # noqa: PLC0415  (slow to import)

    return DefaultAzureCredential()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long storage may take before it counts as dead.

    With the default, one that is silent is found dead after two tries, within ten seconds.
    """

    tries: int = 3
    answer: float = 4.0
    """Seconds for one try, beside those that its bytes need."""

    total: float = 9.0
    """Seconds within which a further try must fit."""

    pause: float = 0.4
    """Seconds before the second try, at most; four times as many before the third."""


PATIENCE = Patience()


def client_options(account: Account, patience: Patience) -> dict[str, Any]:
    """What both SDKs' clients are told: no retries of theirs, and when to stop waiting."""
    options = {
        "retry_total": 0,
        "connection_timeout": patience.answer,
        "read_timeout": patience.answer,
    }
    # A company's proxy, which the environment names, does not lead to this machine.
    return {**options, "use_env_settings": False} if account.is_local else options
