"""What people look for comes first, among a few hundred names like those they know."""

from collections.abc import Iterator

import pytest

from feed.nuget.search_package import Package
from feed.services.search.index import Index
from tests.services.search.indexes import STABLE, card, filled, find, package

# Each line: millions of downloads of every package on it, then the packages.
KNOWN = """
5000 Newtonsoft.Json
2000 System.Text.Json Serilog Microsoft.Extensions.Logging
2000 Microsoft.Extensions.DependencyInjection
1500 Microsoft.Extensions.Configuration Microsoft.Extensions.Options Castle.Core xunit Moq
1200 Microsoft.EntityFrameworkCore AutoMapper Polly NUnit Microsoft.Extensions.Http
1200 Swashbuckle.AspNetCore
900 Microsoft.Extensions.Logging.Abstractions
900 Microsoft.Extensions.DependencyInjection.Abstractions
900 Microsoft.Extensions.Configuration.Abstractions Microsoft.Extensions.Configuration.Json
900 System.Memory
800 Microsoft.EntityFrameworkCore.SqlServer Microsoft.EntityFrameworkCore.Relational Azure.Core
800 Dapper
700 Microsoft.AspNetCore.Mvc.NewtonsoftJson Azure.Identity Azure.Storage.Blobs FluentValidation
700 MediatR
600 Swashbuckle.AspNetCore.SwaggerGen Swashbuckle.AspNetCore.SwaggerUI Microsoft.OpenApi
600 RestSharp
500 xunit.runner.visualstudio xunit.core xunit.assert FluentAssertions coverlet.collector NLog
500 log4net
400 Serilog.Sinks.Console Serilog.Sinks.File Serilog.AspNetCore Serilog.Extensions.Logging
400 CsvHelper
300 Newtonsoft.Json.Bson Microsoft.Data.SqlClient Npgsql Npgsql.EntityFrameworkCore.PostgreSQL
300 MySql.Data
250 Microsoft.AspNetCore.Authentication.JwtBearer System.IdentityModel.Tokens.Jwt IdentityModel
250 Hangfire.Core
200 StackExchange.Redis MongoDB.Driver MongoDB.Bson RabbitMQ.Client MassTransit Confluent.Kafka
200 Grpc.Net.Client
150 Google.Protobuf protobuf-net Bogus AutoFixture NSubstitute Shouldly BenchmarkDotNet
150 Humanizer Humanizer.Core
120 Microsoft.Azure.Functions.Worker Microsoft.NET.Sdk.Functions Microsoft.ApplicationInsights
120 OpenTelemetry
100 Microsoft.Identity.Client Microsoft.Graph Azure.Messaging.ServiceBus
100 Azure.Security.KeyVault.Secrets
80 HtmlAgilityPack AngleSharp YamlDotNet Markdig NodaTime Quartz Refit Flurl Flurl.Http LiteDB
80 SharpZipLib
60 ClosedXML EPPlus DocumentFormat.OpenXml NPOI iTextSharp PdfSharp SixLabors.ImageSharp
60 SkiaSharp
50 Scrutor Autofac Autofac.Extensions.DependencyInjection SimpleInjector Lamar DryIoc Ninject
50 Unity
40 jQuery bootstrap knockoutjs modernizr angularjs jQuery.Validation
40 Microsoft.jQuery.Unobtrusive.Validation
30 Microsoft.Maui.Controls Xamarin.Forms CommunityToolkit.Mvvm Prism.Core ReactiveUI
30 System.Reactive
20 GraphQL HotChocolate HotChocolate.AspNetCore NSwag.AspNetCore NSwag.MSBuild NJsonSchema
20 JsonSchema.Net
10 Utf8Json Jil ServiceStack.Text MessagePack SpanJson Json.NET.Web Manatee.Json JsonPath.Net
10 fastJSON
5 dotnet-ef dotnet-format dotnet-outdated-tool Nuke.Common Cake.Tool GitVersion.Tool minver-cli
3 Contoso.Web.Client Contoso.Web.Server Contoso.Data.SqlServer Contoso.Json.Extensions
3 Contoso.Logging
"""
OBSCURE = [
    "Swagger",
    "Domain",
    "Helper",
    "Tool",
    "Kit",
    "Lite",
    "Plus",
    "Utils",
    "Wrapper",
    "Sample",
]
TEXTS = {
    "Newtonsoft.Json": ("Json.NET", "A popular high-performance JSON framework for .NET", "json"),
    "System.Text.Json": (None, "Provides types to serialize objects to JSON text", ""),
    "Dapper": (None, "A high performance micro-ORM supporting SQL Server and MySQL", "orm sql"),
    "Polly": (None, "Express resilience policies such as retry and circuit breaker", "retry"),
    "Contoso.Web.Client": ("The web client", "Calls what Contoso serves", "contoso web"),
}


def names() -> Iterator[tuple[str, int]]:
    for line in KNOWN.split("\n"):
        downloads, *ids = line.split() or ["0"]
        yield from ((each, int(downloads) * 1_000_000) for each in ids)
    for n, (first, last) in enumerate((a, b) for a in OBSCURE for b in OBSCURE):
        yield f"JsonCore{first}{last}", 100 + n
        yield f"{first}.Core.{last}", 3 * n


def described(package_id: str, downloads: int) -> Package:
    title, text, tags = TEXTS.get(package_id, (None, f"{package_id} for .NET", ""))
    owner = package_id.partition(".")[0]
    types = ("DotnetTool",) if "tool" in package_id.lower().split("-") else ("Dependency",)
    given = card(
        package_id, title=title, description=text, tags=tags.split(), authors=owner, types=types
    )
    return package(given, downloads=downloads)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    packages = [described(package_id, downloads) for package_id, downloads in names()]
    assert len(packages) > 300
    return filled(tmp_path_factory.mktemp("index"), packages)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Newtonsoft.Json", ["Newtonsoft.Json", "Newtonsoft.Json.Bson"]),
        ("newtonsoft.json.bson", ["Newtonsoft.Json.Bson"]),
        ("xunit", ["xunit", "xunit.assert"]),
        ("serilog", ["Serilog", "Serilog.AspNetCore", "Serilog.Extensions.Logging"]),
        ("NewtonsoftJson", ["Newtonsoft.Json", "Microsoft.AspNetCore.Mvc.NewtonsoftJson"]),
        ("entityframework", ["Microsoft.EntityFrameworkCore"]),
        ("EntityFrameworkCore SqlServer", ["Microsoft.EntityFrameworkCore.SqlServer"]),
        ("sqlserver core", ["Microsoft.EntityFrameworkCore.SqlServer"]),
        ("newton", ["Newtonsoft.Json"]),
        ("swash", ["Swashbuckle.AspNetCore"]),
        ("azure blobs", ["Azure.Storage.Blobs"]),
        ("redis", ["StackExchange.Redis"]),
        ("retry", ["Polly"]),
        (
            "jwt",
            ["Microsoft.AspNetCore.Authentication.JwtBearer", "System.IdentityModel.Tokens.Jwt"],
        ),
        ("etonsof", []),
        ("wtonsoft", ["Newtonsoft.Json"]),
        ("the web client", ["Contoso.Web.Client"]),
        ("id:query", ["jQuery", "jQuery.Validation"]),
        ("packageid:MOQ", ["Moq"]),
        ("tags:orm", ["Dapper"]),
        ("owner:contoso client", ["Contoso.Web.Client"]),
        ("author:contoso data", ["Contoso.Data.SqlServer"]),
        ("log4net", ["log4net"]),
    ],
)
def test_what_people_look_for_comes_first(index: Index, text: str, first: list[str]) -> None:
    assert find(index, text)[: len(first) or 1] == first


def test_a_popular_package_comes_before_all_that_only_begin_with_the_word(index: Index) -> None:
    found = find(index, "json", take=1000)
    obscure = next(n for n, each in enumerate(found) if each.startswith("JsonCore"))
    assert {"Newtonsoft.Json", "System.Text.Json", "Newtonsoft.Json.Bson"} < set(found[:obscure])
    assert "Microsoft.AspNetCore.Mvc.NewtonsoftJson" in found[:obscure]
    assert len([each for each in found if each.startswith("JsonCore")]) == len(OBSCURE) ** 2


def test_an_id_comes_first_however_unpopular_it_is(index: Index) -> None:
    assert find(index, "Tool.Core.Kit")[0] == "Tool.Core.Kit"
    assert find(index, "id:jsoncoreswaggerdomain")[0] == "JsonCoreSwaggerDomain"


def test_every_term_is_required(index: Index) -> None:
    assert find(index, "redis json") == []
    assert find(index, "owner:contoso", take=100) == [
        "Contoso.Data.SqlServer",
        "Contoso.Json.Extensions",
        "Contoso.Logging",
        "Contoso.Web.Client",
        "Contoso.Web.Server",
    ]


def test_a_filter_keeps_one_type(index: Index) -> None:
    assert find(index, "", packageType="DOTNETTOOL") == ["dotnet-outdated-tool"]
    assert find(index, "", packageType="Nonsense") == []


def test_without_a_text_the_most_downloaded_come_first(index: Index) -> None:
    assert find(index, "", STABLE, take=3) == [
        "Newtonsoft.Json",
        "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Logging",
    ]
