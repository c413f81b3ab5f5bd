"""What to paste where, to use this feed: configuration and pipelines, with its own address.

https://learn.microsoft.com/nuget/reference/nuget-config-file
"""

from typing import Final

from feed.web.snippets import Snippet

_CONFIG: Final = """\
<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <packageSources>
    <clear />
    <add key="nuget.org" value="https://api.nuget.org/v3/index.json" />
    <add key="larder" value="{index}"{insecure} />
  </packageSources>
  <packageSourceMapping>
    <packageSource key="nuget.org">
      <package pattern="*" />
    </packageSource>
    <packageSource key="larder">
      <package pattern="YourCompany.*" />
    </packageSource>
  </packageSourceMapping>
{credentials}</configuration>
"""

# NuGet, nuget-config-file: "%…%" reads an environment variable, on every system.
_CREDENTIALS: Final = """\
  <packageSourceCredentials>
    <larder>
      <add key="Username" value="larder" />
      <add key="ClearTextPassword" value="%LARDER_KEY%" />
    </larder>
  </packageSourceCredentials>
"""

_AZURE: Final = """\
# LARDER_KEY is a secret variable of the pipeline
steps:
- task: UseDotNet@2
  inputs:
    version: 8.x
- script: dotnet build --configuration Release{azure_env}
- script: dotnet pack --no-build --configuration Release --output packages
- script: dotnet nuget push "packages/*.nupkg" --source larder --api-key "$LARDER_KEY"
  env:
    LARDER_KEY: $(LARDER_KEY)
"""

GITHUB: Final = """\
# LARDER_KEY is a secret of the repository
on: push
jobs:
  package:
    runs-on: ubuntu-latest
    env:
      LARDER_KEY: ${{ secrets.LARDER_KEY }}
    steps:
    - uses: actions/checkout@v4
    - uses: actions/setup-dotnet@v4
      with:
        dotnet-version: 8.x
    - run: dotnet build --configuration Release
    - run: dotnet pack --no-build --configuration Release --output packages
    - run: dotnet nuget push "packages/*.nupkg" --source larder --api-key "$LARDER_KEY"
"""

_AZURE_ENV: Final = """
  env:
    LARDER_KEY: $(LARDER_KEY)"""

KEY: Final = "export LARDER_KEY=lrd_…"
PUSH: Final = 'dotnet nuget push "packages/*.nupkg" --source larder --api-key "$LARDER_KEY"'


def nuget_config(index: str, *, is_private: bool) -> str:
    """Return a whole nuget.config, in which every id comes from one source only."""
    return _CONFIG.format(
        index=index,
        insecure=' allowInsecureConnections="true"' if index.startswith("http://") else "",
        credentials=_CREDENTIALS if is_private else "",
    )


def first_push(index: str, *, is_private: bool) -> list[Snippet]:
    """Return what pushes a package from anywhere, with the least to be set up before."""
    push = "dotnet nuget push MyPackage.1.0.0.nupkg --source {} --api-key {}"
    # NuGet client: the key goes along with a push only, but a private feed asks for it before;
    # and a source without TLS has to be allowed. Both can be said in a configuration alone.
    if not is_private and index.startswith("https://"):
        return [("Push a package", push.format(index, "YOUR_KEY"))]
    config = nuget_config(index, is_private=is_private)
    if not is_private:
        return [("nuget.config", config), ("Push a package", push.format("larder", "YOUR_KEY"))]
    return [
        ("nuget.config", config),
        ("Your key, for a shell", KEY),
        ("Push a package", push.format("larder", '"$LARDER_KEY"')),
    ]


def launch_json(symbols: str) -> str:
    """Return what VS Code has to be told of a symbol server."""
    return f'"justMyCode": false,\n"symbolOptions": {{ "searchPaths": ["{symbols}"] }}'


def dotnet_symbol(symbols: str) -> str:
    return f"dotnet symbol --server-path {symbols} bin/Debug/net8.0/YourCompany.Tools.dll"


def azure_pipeline(*, is_private: bool) -> str:
    return _AZURE.format(azure_env=_AZURE_ENV if is_private else "")
