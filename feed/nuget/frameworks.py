"""Target frameworks, and the many ways to spell one of them.

https://learn.microsoft.com/nuget/reference/target-frameworks
"""

import re
from dataclasses import dataclass
from typing import Self

from feed.errors import InvalidFramework

_LONG_NAMES = {
    "agnostic": "Agnostic",
    "any": "Any",
    "aspnet": "ASP.NET",
    "aspnetcore": "ASP.NETCore",
    "dnx": "DNX",
    "dnxcore": "DNXCore",
    "dotnet": ".NETPlatform",
    "monoandroid": "MonoAndroid",
    "monomac": "MonoMac",
    "monotouch": "MonoTouch",
    "native": "native",
    "net": ".NETFramework",
    "netcore": ".NETCore",
    "netcoreapp": ".NETCoreApp",
    "netmf": ".NETMicroFramework",
    "netnano": ".NETnanoFramework",
    "netstandard": ".NETStandard",
    "netstandardapp": ".NETStandardApp",
    "portable": ".NETPortable",
    "sl": "Silverlight",
    "tizen": "Tizen",
    "uap": "UAP",
    "win": "Windows",
    "winrt": "WinRT",
    "wp": "WindowsPhone",
    "wpa": "WindowsPhoneApp",
    "xamarinios": "Xamarin.iOS",
    "xamarinmac": "Xamarin.Mac",
    "xamarinpsfour": "Xamarin.PlayStation4",
    "xamarinpsthree": "Xamarin.PlayStation3",
    "xamarinpsvita": "Xamarin.PlayStationVita",
    "xamarintvos": "Xamarin.TVOS",
    "xamarinwatchos": "Xamarin.WatchOS",
    "xamarinxboxone": "Xamarin.XboxOne",
    "xamarinxboxthreesixty": "Xamarin.Xbox360",
}
_SHORT_NAMES = {
    **{short: short for short in _LONG_NAMES},
    **{long.lower(): short for short, long in _LONG_NAMES.items()},
    ".net": "net",
    "netframework": "net",
    "netportable": "portable",
    "xamarin.playstationfour": "xamarinpsfour",
    "xamarin.playstationthree": "xamarinpsthree",
    "xamarinplaystationfour": "xamarinpsfour",
    "xamarinplaystationthree": "xamarinpsthree",
    "xamarinplaystationvita": "xamarinpsvita",
}
_BARE_VERSIONS = {"2", "20", "2.0", "35", "3.5", "4", "40", "4.0", "45", "4.5"}
"""Of .NET Framework; the first packages were made with them."""

_NO_FRAMEWORK = {"agnostic", "any"}
_WITH_ONE_DIGIT = {"sl", "win", "wp"}
_WITH_DOTS = {"netcoreapp", "netnano", "netstandard"}
_DIGIT = 9
_ONE_NET = (5, 0, 0, 0)
"""From here on .NET Framework and .NET Core are one, which short names call `net`."""

_DOTNET = ("dotnet", (5, 0, 0, 0))
"""What `dotnet` means without a version."""

_SHORT_PROFILES = {"CompactFramework": "cf", "WindowsPhone": "wp", "WindowsPhone71": "wp71"}
_LONG_PROFILES = {
    "client": "Client",
    "full": "",
    **{short: long for long, short in _SHORT_PROFILES.items()},
    **{long.lower(): long for long in _SHORT_PROFILES},
}

_NAME = "|".join(map(re.escape, _SHORT_NAMES))
_FLAGS = re.ASCII | re.IGNORECASE
_FOLDER_FORM = re.compile(rf"({_NAME})([0-9][0-9.]*)?(?:-([0-9a-z.+-]+))?", _FLAGS)
_FULL_FORM = re.compile(
    rf"({_NAME})\s*,\s*version=v?([0-9.]+)(?:\s*,\s*profile=([0-9a-z.+-]*))?", _FLAGS
)
_VERSION = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){1,3}")
_PLATFORM = re.compile(r"([a-z.]+)([0-9.]*)")
_PROFILE_NUMBER = re.compile(r"profile[0-9]+")

_Numbers = tuple[int, int, int, int]
_ANY_VERSION: _Numbers = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Framework:
    """One target framework; all its spellings are equal."""

    name: str
    version: _Numbers = _ANY_VERSION
    profile: str = ""
    """From .NET 5 on it is the platform, with the platform's version."""

    @classmethod
    def parse(cls, text: str) -> Self:
        try:
            return cls(*_read(f"net{text}" if text in _BARE_VERSIONS else text))
        except ValueError as error:
            raise InvalidFramework(text) from error

    @property
    def short(self) -> str:
        """As folders and the older protocol name it: `net472`, `net8.0-windows7.0`."""
        profile = _SHORT_PROFILES.get(self.profile, self.profile.lower())
        return _joined(f"{self._short_name}{self._short_version}", profile)

    @property
    def long(self) -> str:
        """As a nuspec names it: `.NETFramework4.7.2`, but `net8.0` from .NET 5 on."""
        if self._is_one_net:
            return self.short
        if self.name in _NO_FRAMEWORK:
            return _LONG_NAMES[self.name]
        return _joined(f"{_LONG_NAMES[self.name]}{_dotted(self.version)}", self.profile)

    @property
    def _is_one_net(self) -> bool:
        return self.name == "netcoreapp" and self.version >= _ONE_NET

    @property
    def _short_name(self) -> str:
        return "net" if self._is_one_net else self.name

    @property
    def _short_version(self) -> str:
        if self.version == _ANY_VERSION or (self.name, self.version) == _DOTNET:
            return ""
        if self.name in _WITH_DOTS or max(self.version) > _DIGIT:
            return _dotted(self.version)
        digits = "".join(map(str, self.version)).rstrip("0")
        return digits.ljust(1 if self.name in _WITH_ONE_DIGIT else 2, "0")


def _read(text: str) -> tuple[str, _Numbers, str]:
    full = _FULL_FORM.fullmatch(text)
    match = full or _FOLDER_FORM.fullmatch(text)
    if match is None:
        raise ValueError(text)
    name, version, profile = match.groups("")
    numbers = _read_dotted(version) if full or "." in version else _read_digits(version)
    return _settle(_SHORT_NAMES[name.lower()], numbers, profile.lower())


def _settle(name: str, version: _Numbers, profile: str) -> tuple[str, _Numbers, str]:
    """Bring what was spelled in different ways to one form."""
    if name in {"net", "netcoreapp"} and version >= _ONE_NET:
        return "netcoreapp", version, _settle_platform(profile)
    if name == "portable":
        return name, version, _settle_portable(profile)
    if name in _NO_FRAMEWORK and (version, profile) != (_ANY_VERSION, ""):
        raise ValueError(name)
    if (name, version) == ("dotnet", _ANY_VERSION):
        return (*_DOTNET, _LONG_PROFILES.get(profile, profile))
    return name, version, _LONG_PROFILES.get(profile, profile)


def _settle_platform(text: str) -> str:
    if not text:
        return ""
    match = _PLATFORM.fullmatch(text)
    if match is None:
        raise ValueError(text)
    version = _read_dotted(match[2] or "0")
    return match[1] if version == _ANY_VERSION else f"{match[1]}{_dotted(version)}"


def _settle_portable(text: str) -> str:
    """A number, or the frameworks, which cannot have profiles of their own."""
    if _PROFILE_NUMBER.fullmatch(text):
        return text.capitalize()
    if "-" in text:
        raise ValueError(text)
    return "+".join(sorted({Framework.parse(each).short for each in text.split("+")}))


def _read_digits(text: str) -> _Numbers:
    """NuGet counts one number a digit: `net472` is 4.7.2 and `net10` is 1.0."""
    return _read_dotted(".".join(text.ljust(2, "0")[:4])) if text else _ANY_VERSION


def _read_dotted(text: str) -> _Numbers:
    dotted = text if "." in text else f"{text}.0"
    if not _VERSION.fullmatch(dotted):
        raise ValueError(text)
    major, minor, *rest = map(int, dotted.split("."))
    build, revision = [*rest, 0, 0][:2]
    return major, minor, build, revision


def _dotted(version: _Numbers) -> str:
    major, minor, build, revision = version
    shown = f"{major}.{minor}.{build}.{revision}"
    return shown.removesuffix(".0").removesuffix(".0")


def _joined(framework: str, profile: str) -> str:
    return f"{framework}-{profile}" if profile else framework
