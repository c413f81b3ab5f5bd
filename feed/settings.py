"""The environment, read once and checked: nothing else looks at os.environ."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

SHORTEST_ADMIN_KEY = 20

_PREFIX = "FEED_"


class InvalidSettings(Exception):
    """Names every wrong or missing variable, so that one failed start shows them all."""


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")) or any(c in text for c in "?# "):
        raise ValueError("is not an address such as https://feed.example.com")
    return text.rstrip("/")


def _long_enough(key: SecretStr) -> SecretStr:
    if len(key) < SHORTEST_ADMIN_KEY:
        raise ValueError(f"has {len(key)} characters, and needs at least {SHORTEST_ADMIN_KEY}")
    return key


class Settings(BaseModel):
    """What a feed can be told; each field is the variable of its name, with `FEED_` before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    storage: SecretStr | None = None
    """Where everything is kept: the connection string of a storage account, or `memory:` for
    a feed that forgets all when it ends."""

    storage_account: str | None = Field(None, pattern=r"^[a-z0-9]{3,24}$")
    """The name of a storage account that is reached with the app's own managed identity,
    instead of `FEED_STORAGE`."""

    identity_client_id: str | None = None
    """The client id of the user-assigned identity to use; without it, the system-assigned one."""

    public_url: Annotated[str, AfterValidator(_address)]
    """The address that clients know the feed by: every URL in every document starts with it."""

    read: Literal["private", "public"] = "private"
    """Who may read: `private` asks for a key, `public` lets anyone."""

    downloads: Literal["redirect", "stream"] = "redirect"
    """How packages reach clients: `redirect` sends them to storage, with an address that is
    signed for some minutes; `stream` passes packages through the feed, for networks where
    clients cannot reach storage."""

    symbols: Literal["by-key", "by-checksum"] = "by-key"
    """What a debugger needs to get a PDB from a private feed: `by-key` asks for a key, as
    everything does; `by-checksum` is content with the checksum of the PDB, which only who has
    the assembly knows, since many debuggers cannot send keys."""

    admin_key: Annotated[SecretStr, AfterValidator(_long_enough)] | None = None
    """A key that may do everything and that no table holds: for a laptop, tests and
    emergencies. At least 20 characters."""

    contact: str | None = Field(None, pattern=r"^([^@\s]+@[^@\s]+|https?://\S+)$")
    """Whom to tell that something is wrong with a package: an e-mail address or a web page. With
    it, clients offer to report packages."""

    github_audience: str | None = None
    """The audience that tokens of GitHub Actions must be for, where a policy trusts a workflow.
    Without it, `FEED_PUBLIC_URL`."""

    entra_audience: str | None = None
    """The audience that tokens of Entra ID must be for, where a policy trusts an application: the
    client id of the feed's own app registration. Without it, none is taken."""

    client_address_header: str | None = Field(None, pattern=r"^[A-Za-z0-9-]+$")
    """The request header in which a proxy tells the address of the caller, for the log and for
    slowing down who guesses keys, such as `X-Azure-ClientIP` behind Front Door. Name one only if
    the proxy always sets it itself. Without it addresses are unknown, since Azure Functions
    overwrites `X-Forwarded-For`."""

    max_package_mb: int = Field(200, ge=1, le=1024)
    """How large a package may be, in MB of 1,048,576 bytes. Azure Functions takes no request
    of more than 210 MB."""

    max_receiving_mb: int = Field(512, ge=1, validate_default=True)
    """How many MB of packages one instance receives at once; what comes beyond is told to come
    again. An instance has 0.8 GB of temporary disk on Azure's Flex Consumption plan."""

    search_freshness: float = Field(2.0, ge=0, le=3600)
    """For how many seconds an instance may search without looking at what others have pushed.
    What was pushed to the instance itself is found at once."""

    @field_validator("max_receiving_mb")
    @classmethod
    def _receives_its_largest_package(cls, value: int, info: ValidationInfo) -> int:
        largest: int = info.data.get("max_package_mb", value)
        if value < largest:
            raise ValueError(f"is {value}, less than FEED_MAX_PACKAGE_MB, which is {largest}")
        return value

    delete: Literal["unlist", "hard"] = "unlist"
    """What a delete does: `unlist` hides the version and keeps it restorable, as nuget.org
    does; `hard` removes it for good."""

    reuse_deleted: bool = False
    """Whether the number of a version that was deleted for good may be pushed again."""

    @model_validator(mode="after")
    def _reaches_storage_one_way(self) -> Self:
        if (self.storage is None) == (self.storage_account is None):
            raise ValueError("set either FEED_STORAGE or FEED_STORAGE_ACCOUNT")
        return self

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read every `FEED_…` variable; an empty one counts as not set."""
        given = {
            name.removeprefix(_PREFIX).lower(): value
            for name, value in environ.items()
            if name.startswith(_PREFIX) and value
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise InvalidSettings("; ".join(_problems(error))) from None


def _problems(error: ValidationError) -> list[str]:
    """Say each problem in one clause, without repeating a value that may be a secret."""
    return [_problem(each["loc"], each["type"], each["msg"]) for each in error.errors()]


def _problem(where: tuple[int | str, ...], kind: str, message: str) -> str:
    reason = message.removeprefix("Value error, ")
    if not where:
        return reason
    name = _PREFIX + str(where[0]).upper()
    match kind:
        case "missing":
            return f"{name} is not set"
        case "extra_forbidden":
            return f"{name} is not a setting of this feed"
        case "value_error":
            return f"{name} {reason}"
    return f"{name}: {reason[0].lower()}{reason[1:]}"
