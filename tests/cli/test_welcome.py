from dataclasses import replace

from feed.cli.welcome import Serving, welcome

SERVING = Serving(
    public_url="http://127.0.0.1:7071",
    kept="The packages are in /somewhere/.larder.",
    admin_key="lrd_admin_0123456789",
    is_private=False,
)

WELCOME = """\
Larder is serving http://127.0.0.1:7071/v3/index.json
For people, in a browser: http://127.0.0.1:7071/
The packages are in /somewhere/.larder.
Admin key: lrd_admin_0123456789

nuget.config, beside the solution:

<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <packageSources>
    <add key="larder" value="http://127.0.0.1:7071/v3/index.json" allowInsecureConnections="true" />
  </packageSources>
</configuration>

Then, in the same folder:

dotnet nuget push "bin/Release/*.nupkg" --source larder --api-key lrd_admin_0123456789
dotnet restore

Ctrl+C ends it.
"""

CREDENTIALS = """\
  <packageSourceCredentials>
    <larder>
      <add key="Username" value="larder" />
      <add key="ClearTextPassword" value="%FEED_ADMIN_KEY%" />
    </larder>
  </packageSourceCredentials>
</configuration>
"""


def test_says_all_that_there_is_to_paste() -> None:
    assert welcome(SERVING) == WELCOME


def test_never_prints_a_key_that_was_given() -> None:
    text = welcome(replace(SERVING, admin_key=None))
    assert "The admin key is the one in FEED_ADMIN_KEY.\n" in text
    assert '--source larder --api-key "$FEED_ADMIN_KEY"\n' in text


def test_hands_out_credentials_where_reading_needs_them() -> None:
    assert CREDENTIALS in welcome(replace(SERVING, admin_key=None, is_private=True))


def test_puts_no_key_into_a_file_that_may_be_checked_in() -> None:
    text = welcome(replace(SERVING, is_private=True))
    assert '<add key="ClearTextPassword" value="%LARDER_KEY%" />\n' in text
    assert "\nexport LARDER_KEY=lrd_admin_0123456789\ndotnet nuget push" in text


def test_allows_insecure_connections_only_where_they_are() -> None:
    text = welcome(replace(SERVING, public_url="https://feed.example"))
    assert '<add key="larder" value="https://feed.example/v3/index.json" />\n' in text
