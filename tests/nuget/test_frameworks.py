import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.errors import InvalidFramework
from feed.nuget.frameworks import Framework
from tests.nuget.texts import any_text

# short name, long name, and other spellings of the same framework
SPELLINGS = """
    net20 .NETFramework2.0 net2 2 20 2.0 NET2.0
    net35 .NETFramework3.5 35 3.5
    net40 .NETFramework4.0 net4 40 4.0 4 net40-Full .NETFramework,Version=v4.0,Profile=
    net40-client .NETFramework4.0-Client net4-CLIENT .NETFramework,Version=v4.0,Profile=Client
    net35-cf .NETFramework3.5-CompactFramework net35-compactframework
    net45-foo.1+a .NETFramework4.5-foo.1+a
    net472 .NETFramework4.7.2 net4.7.2 netframework4.7.2 .NETFramework,Version=v4.7.2 .net4.7.2.0
    net4812 .NETFramework4.8.1.2 net48123
    net4.10 .NETFramework4.10 .NETFramework,Version=4.10
    net10 .NETFramework1.0
    net .NETFramework0.0
    net5.0 net5.0 net50 netcoreapp5.0 .NETCoreApp,Version=v5.0 .NETFramework5.0
    net8.0 net8.0 NET8.0 net8 netcoreapp8.0 .NETCoreApp8.0 .NETCoreApp,Version=v8.0
    net10.0 net10.0 .NETCoreApp,Version=v10
    net8.0-windows net8.0-windows net8.0-Windows net8.0-windows0.0
    net8.0-windows7.0 net8.0-windows7.0 net8.0-windows7 net80-Windows7.0.0
    net8.0-windows10.0.19041 net8.0-windows10.0.19041 net8.0-windows10.0.19041.0
    netcoreapp3.1 .NETCoreApp3.1 netcoreapp31 .NETCoreApp,Version=v3.1
    netcoreapp .NETCoreApp0.0
    netstandard2.0 .NETStandard2.0 netstandard20 .NETStandard,Version=v2.0 netstandard2
    netstandard .NETStandard0.0
    netstandardapp15 .NETStandardApp1.5
    dotnet .NETPlatform5.0 dotnet5.0 dotnet50 .NETPlatform,Version=v0.0
    dotnet54 .NETPlatform5.4 dotnet5.4
    portable-net45+win8 .NETPortable0.0-net45+win8 portable-win8+net45 Portable-WIN8+net4.5+win8
    portable45-profile259 .NETPortable4.5-Profile259 .NETPortable,Version=v4.5,Profile=Profile259
    sl5 Silverlight5.0 Silverlight,Version=v5.0
    sl3-wp Silverlight3.0-WindowsPhone
    sl4-wp71 Silverlight4.0-WindowsPhone71
    win Windows0.0
    win8 Windows8.0 windows8 win80
    win10.0 Windows10.0
    wp75 WindowsPhone7.5
    wpa81 WindowsPhoneApp8.1
    netcore45 .NETCore4.5
    winrt45 WinRT4.5
    uap10.0 UAP10.0 uap,Version=v10.0
    uap10.0.10030.1 UAP10.0.10030.1
    tizen40 Tizen4.0 tizen4
    netnano1.0 .NETnanoFramework1.0
    netmf43 .NETMicroFramework4.3
    aspnet50 ASP.NET5.0
    aspnetcore50 ASP.NETCore5.0
    dnx451 DNX4.5.1
    dnxcore50 DNXCore5.0
    native native0.0
    monoandroid MonoAndroid0.0
    monoandroid12.0 MonoAndroid12.0
    monotouch10 MonoTouch1.0
    monomac20 MonoMac2.0
    xamarinios10 Xamarin.iOS1.0 Xamarin.iOS,Version=v1.0
    xamarinmac20 Xamarin.Mac2.0
    xamarinpsthree10 Xamarin.PlayStation31.0 Xamarin.PlayStation3,Version=v1.0
    xamarinpsfour Xamarin.PlayStation40.0 XamarinPlayStationFour
    xamarinpsvita Xamarin.PlayStationVita0.0 XamarinPlayStationVita
    xamarinxboxthreesixty Xamarin.Xbox3600.0
    any Any
    agnostic Agnostic
"""


@pytest.mark.parametrize("spellings", SPELLINGS.strip().splitlines(), ids=str.split)
def test_all_spellings_are_one_framework(spellings: str) -> None:
    short, long, *others = spellings.split()
    frameworks = {Framework.parse(text) for text in (short, long, *others)}
    assert [(each.short, each.long) for each in frameworks] == [(short, long)]


def test_the_full_form_may_have_blanks() -> None:
    text = ".NETFramework , Version=v4.0 , Profile=Client"
    assert Framework.parse(text) == Framework.parse("net40-client")


DIFFERENT = "net net45 net40 net40-client net45-foo netcoreapp3.1 net8.0 net8.0-windows uap win8"


def test_different_frameworks_are_not_equal() -> None:
    names = DIFFERENT.split()
    assert len({Framework.parse(text) for text in names}) == len(names)


UNKNOWN = """
    foo foo45 45.0 46 unsupported net- net45- net4. net4..5 net.4 net4.5.1.2.3 net45_client
    net4.1234567890 net45-\u00e4 .NETFramewor\u212a4.5 native\u0661 any4.5 any-client agnostic1.0
    net8.0-7.0 net8.0-windows7.x net8.0-windows1..2 net8.0-windows-x net8.0-windows7-x
    portable portable45 portable- portable-foo portable-net45+ portable-net45+win8-client
    portable-portable .NETFramework, .NETFramework,v4.5 .NETFramework,Version=vNext
    .NETFramework,Version=v4.5,Foo=1 Foo,Version=v1.0 Version=v4.5
"""


@pytest.mark.parametrize("text", ["", " ", " net45", "net45\n", *UNKNOWN.split()])
def test_refuses_what_nuget_does_not_know(text: str) -> None:
    with pytest.raises(InvalidFramework, match="is not known to NuGet"):
        Framework.parse(text)


def test_a_refusal_names_the_framework() -> None:
    with pytest.raises(InvalidFramework) as refused:
        Framework.parse("net4.")
    assert str(refused.value) == "target framework 'net4.' is not known to NuGet"


names = st.sampled_from(
    ["net", "netcoreapp", "uap", "portable", "win", "dotnet", "any", "Xamarin.iOS"]
)
numbers = st.from_regex(r"([0-9]{1,4}|[0-9]{1,2}(\.[0-9]{1,2}){1,3})?", fullmatch=True)
profiles = st.sampled_from(["", "-client", "-full", "-windows10", "-net45+sl5", "-Profile7", "-WP"])
frameworks = st.builds("{}{}{}".format, names, numbers, profiles)


@given(frameworks | any_text)
def test_any_text_is_a_framework_that_reads_back_or_refused(text: str) -> None:
    try:
        framework = Framework.parse(text)
    except InvalidFramework:
        return
    assert Framework.parse(framework.short) == framework == Framework.parse(framework.long)


@pytest.mark.parametrize("part", ["net", "1", ".", "portable-", "+win8", " ,"])
def test_long_texts_are_refused_at_once(part: str) -> None:
    for text in (part * 20_000, f"net1{part * 20_000}_", f"portable-net45+{part * 20_000}_"):
        with pytest.raises(InvalidFramework):
            Framework.parse(text)
