// Two storage accounts: what the Functions host and deployments need, and what the feed keeps.
// Apart, because the app has to own the first and should not own the second.

param hostAccountName string
param feedAccountName string
param location string
param tags object

@description('How often the feed is stored, such as Standard_LRS.')
param redundancy string

@description('Days for which deleted files can be brought back.')
param keepDeletedDays int

@description('Whether storage is reached through the virtual network only.')
param isPrivate bool

@description('Public IPv4 addresses that reach private storage too.')
param operatorAddresses array

@description('Who the app is.')
param appPrincipalId string

@description('Who may use ./larder on the feed from outside. Empty for nobody.')
param operatorId string

@description('Where logs go.')
param workspaceId string

@description('Whether reads are logged too.')
param logReads bool

// Open, because downloads are redirects to storage: clients have to reach it from where they are.
var defaultAction = isPrivate ? 'Deny' : 'Allow'
var publicNetworkAccess = isPrivate && empty(operatorAddresses) ? 'Disabled' : 'Enabled'

var addressRules = [for address in operatorAddresses: {
  value: address
  action: 'Allow'
}]

resource hostAccount 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: hostAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  // No account keys and no anonymous access: everybody comes as somebody.
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    isLocalUserEnabled: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicNetworkAccess
    networkAcls: {
      defaultAction: defaultAction
      bypass: 'None'
      ipRules: isPrivate ? addressRules : []
    }
  }
}

resource hostBlobs 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: hostAccount
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource packageContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = {
  parent: hostBlobs
  name: 'package'
  properties: {
    publicAccess: 'None'
  }
}

resource feedAccount 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: feedAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: redundancy
  }
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    isLocalUserEnabled: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicNetworkAccess
    networkAcls: {
      defaultAction: defaultAction
      bypass: 'None'
      ipRules: isPrivate ? addressRules : []
    }
  }
}

resource feedBlobs 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: feedAccount
  name: 'default'
  properties: {
    isVersioningEnabled: true
    deleteRetentionPolicy: {
      enabled: true
      days: keepDeletedDays
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: keepDeletedDays
    }
  }
}

// The app makes these too; here they are made so that a key can be made before the app has run.
resource feedContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = {
  parent: feedBlobs
  name: 'feed'
  properties: {
    publicAccess: 'None'
  }
}

resource feedTableService 'Microsoft.Storage/storageAccounts/tableServices@2025-01-01' = {
  parent: feedAccount
  name: 'default'
}

var tables = [
  'packages'
  'log'
  'symbols'
  'keys'
  'downloads'
]

resource feedTables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-01-01' = [for table in tables: {
  parent: feedTableService
  name: table
}]

// Documents are replaced with every push and can be rebuilt, so their former versions only cost.
// Files never change: a former version of one is a file that was deleted.
resource feedLifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-01-01' = {
  parent: feedAccount
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'former-documents'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
              prefixMatch: [
                'feed/ids/'
                'feed/search/'
              ]
            }
            actions: {
              version: {
                delete: {
                  daysAfterCreationGreaterThan: 1
                }
              }
            }
          }
        }
        {
          name: 'deleted-files'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
              prefixMatch: [
                'feed/packages/'
                'feed/leaves/'
              ]
            }
            actions: {
              version: {
                delete: {
                  daysAfterCreationGreaterThan: keepDeletedDays
                }
              }
            }
          }
        }
      ]
    }
  }
  // Only with versioning on is there a former version to speak of.
  dependsOn: [
    feedBlobs
  ]
}

var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'

// The host keeps its keys, leases and the package in blobs, and tells of its troubles in a table.
// It needs no queue: no function here reads one.
var hostRoles = [
  storageBlobDataOwner
  storageTableDataContributor
]

// Signing addresses is a right over a whole account, so these are not for the container alone.
var feedRoles = [
  storageBlobDataContributor
  storageTableDataContributor
]

resource appOwnsHost 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in hostRoles: {
  name: guid(hostAccount.id, appPrincipalId, role)
  scope: hostAccount
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}]

resource appWritesFeed 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in feedRoles: {
  name: guid(feedAccount.id, appPrincipalId, role)
  scope: feedAccount
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}]

var operatorRoles = empty(operatorId) ? [] : feedRoles

// An operator may be a person, a group or a pipeline, so nothing is said of the principal's type.
resource operatorWritesFeed 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in operatorRoles: {
  name: guid(feedAccount.id, operatorId, role)
  scope: feedAccount
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    principalId: operatorId
  }
}]

var logs = [
  {
    category: 'StorageWrite'
    enabled: true
  }
  {
    category: 'StorageDelete'
    enabled: true
  }
  {
    category: 'StorageRead'
    enabled: logReads
  }
]

resource feedBlobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'larder'
  scope: feedBlobs
  properties: {
    workspaceId: workspaceId
    logs: logs
  }
}

resource feedTableLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'larder'
  scope: feedTableService
  properties: {
    workspaceId: workspaceId
    logs: logs
  }
}

output hostAccountId string = hostAccount.id
output hostAccountName string = hostAccount.name
output packageContainerUrl string = '${hostAccount.properties.primaryEndpoints.blob}${packageContainer.name}'
output feedAccountId string = feedAccount.id
output feedAccountName string = feedAccount.name
