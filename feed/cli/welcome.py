"""What `serve` prints: where the feed is, and the lines to paste to use it."""

from dataclasses import dataclass

NUGET_CONFIG = """\
<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <packageSources>
    <add key="larder" value="{index}"{insecure} />
  </packageSources>
{credentials}</configuration>"""

CREDENTIALS = """\
  <packageSourceCredentials>
    <larder>
      <add key="Username" value="larder" />
      <add key="ClearTextPassword" value="{key}" />
    </larder>
  </packageSourceCredentials>
"""

WELCOME = """\
Larder is serving {index}
For people, in a browser: {public_url}/
{kept}
{key_line}

nuget.config, beside the solution:

{config}

Then, in the same folder:

{export}dotnet nuget push "bin/Release/*.nupkg" --source larder --api-key {key}
dotnet restore

Ctrl+C ends it.
"""


@dataclass(frozen=True, slots=True)
class Serving:
    """What there is to say about a feed that has just started."""

    public_url: str
    kept: str
    """Where the packages are, in a sentence."""

    admin_key: str | None
    """None when the environment gave it: then it is never printed."""

    is_private: bool


def welcome(serving: Serving) -> str:
    key = serving.admin_key
    return WELCOME.format(
        index=service_index(serving.public_url),
        public_url=serving.public_url,
        kept=serving.kept,
        key_line=f"Admin key: {key}" if key else "The admin key is the one in FEED_ADMIN_KEY.",
        config=nuget_config(serving),
        export=f"export LARDER_KEY={key}\n" if key and serving.is_private else "",
        key=key or '"$FEED_ADMIN_KEY"',
    )


def nuget_config(serving: Serving) -> str:
    # NuGet, nuget.config: %NAME% stands for an environment variable, on every system. So the file
    # can be checked in.
    password = "%LARDER_KEY%" if serving.admin_key else "%FEED_ADMIN_KEY%"
    # NuGet 6.8 and later refuse http where the source does not say otherwise (NU1302).
    is_insecure = serving.public_url.startswith("http://")
    return NUGET_CONFIG.format(
        index=service_index(serving.public_url),
        insecure=' allowInsecureConnections="true"' if is_insecure else "",
        credentials=CREDENTIALS.format(key=password) if serving.is_private else "",
    )


def service_index(public_url: str) -> str:
    return f"{public_url}/v3/index.json"
