// The virtual network that the app talks from, and the ways from it into both storage accounts.

param name string
param location string
param tags object

@description('A /24 at least.')
param addresses string

param hostAccountId string
param feedAccountId string

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        addresses
      ]
    }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addresses, 26, 0)
          delegations: [
            {
              name: 'functions'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addresses, 26, 1)
        }
      }
    ]
  }
}

var appSubnetId = '${network.id}/subnets/app'
var endpointSubnetId = '${network.id}/subnets/endpoints'

resource blobZone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: 'privatelink.blob.${environment().suffixes.storage}'
  location: 'global'
  tags: tags
}

resource blobZoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: blobZone
  name: name
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: network.id
    }
  }
}

resource tableZone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: 'privatelink.table.${environment().suffixes.storage}'
  location: 'global'
  tags: tags
}

resource tableZoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: tableZone
  name: name
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: network.id
    }
  }
}

var ways = [
  {
    name: '${name}-host-blob'
    service: 'blob'
    accountId: hostAccountId
    zoneId: blobZone.id
  }
  {
    name: '${name}-host-table'
    service: 'table'
    accountId: hostAccountId
    zoneId: tableZone.id
  }
  {
    name: '${name}-feed-blob'
    service: 'blob'
    accountId: feedAccountId
    zoneId: blobZone.id
  }
  {
    name: '${name}-feed-table'
    service: 'table'
    accountId: feedAccountId
    zoneId: tableZone.id
  }
]

// One after the other: a network takes one change at a time.
@batchSize(1)
resource endpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [for way in ways: {
  name: way.name
  location: location
  tags: tags
  properties: {
    subnet: {
      id: endpointSubnetId
    }
    privateLinkServiceConnections: [
      {
        name: way.service
        properties: {
          privateLinkServiceId: way.accountId
          groupIds: [
            way.service
          ]
        }
      }
    ]
  }
}]

resource endpointNames 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [for (way, i) in ways: {
  parent: endpoints[i]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: way.service
        properties: {
          privateDnsZoneId: way.zoneId
        }
      }
    ]
  }
}]

output networkId string = network.id
output appSubnetId string = appSubnetId
output endpointSubnetId string = endpointSubnetId
