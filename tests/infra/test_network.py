"""The private network: what lies in it, and that its names lead to what lies in it."""

from tests.infra.deployment import Deployment, Resource, deploy
from tests.infra.values import Value, as_list, as_object

PRIVATE = deploy(network="private")
NETWORK = PRIVATE.get("network")
ZONES = {
    "blob": "privatelink.blob.core.windows.net",
    "table": "privatelink.table.core.windows.net",
    "sites": "privatelink.azurewebsites.net",
}


def subnets(deployment: Deployment) -> dict[str, tuple[Value, list[Value]]]:
    """The addresses of each subnet, and to whom it is handed over."""
    found = {}
    for each in map(as_object, as_list(deployment.get("network").at("properties.subnets"))):
        properties = as_object(each["properties"])
        delegations = map(as_object, as_list(properties.get("delegations", [])))
        services = [as_object(one["properties"])["serviceName"] for one in delegations]
        found[f"{NETWORK.id}/subnets/{each['name']}"] = properties["addressPrefix"], services
    return found


def test_the_app_has_a_subnet_that_flex_consumption_takes() -> None:
    subnet = str(PRIVATE.get("site").at("properties.virtualNetworkSubnetId"))
    assert subnets(PRIVATE)[subnet] == ("10.71.0.0/26", ["Microsoft.App/environments"])


def test_private_endpoints_lie_in_the_other_subnet() -> None:
    endpoints = PRIVATE.of("Microsoft.Network/privateEndpoints")
    (subnet,) = {str(as_object(each.at("properties.subnet"))["id"]) for each in endpoints}
    assert subnets(PRIVATE)[subnet] == ("10.71.0.64/26", [])


def test_the_network_has_the_addresses_that_were_asked_for() -> None:
    deployment = deploy(network="private-storage", networkAddresses="192.168.4.0/23")
    assert deployment.get("network").at("properties.addressSpace.addressPrefixes") == [
        "192.168.4.0/23"
    ]
    assert [prefix for prefix, _ in subnets(deployment).values()] == [
        "192.168.4.0/26",
        "192.168.4.64/26",
    ]


def service(endpoint: Resource) -> str:
    (connection,) = as_list(endpoint.at("properties.privateLinkServiceConnections"))
    (found,) = as_list(as_object(as_object(connection)["properties"])["groupIds"])
    return str(found)


def test_each_endpoint_is_in_the_zone_of_its_service() -> None:
    zones = {each.id: each.name for each in PRIVATE.of("Microsoft.Network/privateDnsZones")}
    groups = PRIVATE.of("Microsoft.Network/privateEndpoints/privateDnsZoneGroups")
    named = {}
    for each in groups:
        (config,) = as_list(each.at("properties.privateDnsZoneConfigs"))
        zone = as_object(as_object(config)["properties"])["privateDnsZoneId"]
        named[each.id.removesuffix("/privateDnsZoneGroups/default")] = zones[str(zone)]
    endpoints = PRIVATE.of("Microsoft.Network/privateEndpoints")
    assert named == {each.id: ZONES[service(each)] for each in endpoints}


def test_the_network_asks_every_zone_and_registers_nothing_there() -> None:
    links = PRIVATE.of("Microsoft.Network/privateDnsZones/virtualNetworkLinks")
    assert [each.at("properties") for each in links] == [
        {"registrationEnabled": False, "virtualNetwork": {"id": NETWORK.id}}
    ] * len(ZONES)
    zones = PRIVATE.of("Microsoft.Network/privateDnsZones")
    assert {each.name for each in zones} == {*ZONES.values()}
    assert {each.at("location") for each in [*zones, *links]} == {"global"}
