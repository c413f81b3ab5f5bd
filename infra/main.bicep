// A private NuGet feed, in a resource group of its own.

targetScope = 'subscription'

// What has to be said

@description('What this feed is called in Azure. The names of all resources are made from it.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('The Azure region, such as westeurope. It has to offer Flex Consumption.')
@minLength(1)
@metadata({
  azd: {
    type: 'location'
  }
})
param location string

// Who may do what

@description('Who may read packages: private asks for a key, public lets anyone.')
@allowed([
  'private'
  'public'
])
param read string = 'private'

@description('The object id of the person or group that may use ./larder with --account, to make the first key for instance. Empty for nobody.')
param operatorId string = deployer().objectId

@description('More settings of the feed, by their names in docs/settings.md, such as { FEED_DELETE: \'hard\' }. No secrets: whoever may read the deployment can read them.')
param feedSettings object = {}

// How it is reached

@description('A host name of yours for the feed, such as nuget.contoso.com. First point it at the app and add it there: docs/deploying.md. Empty for the one that Azure gives.')
@maxLength(253)
param customDomain string = ''

@description('The address that clients use, if something of yours stands in front of the app, such as https://nuget.contoso.com. Empty if they reach the app itself.')
param publicUrl string = ''

@description('What the internet reaches: the feed and, through signed addresses, its storage (public); the feed alone (private-storage); nothing (private).')
@allowed([
  'public'
  'private-storage'
  'private'
])
param network string = 'public'

@description('The addresses of the virtual network, a /24 at least. Not used if network is public.')
param networkAddresses string = '10.71.0.0/24'

@description('The public IPv4 addresses, or ranges up to /30, from which ./larder with --account reaches private storage.')
param operatorAddresses array = []

// How large it is, and what it costs

@description('The memory of an instance in MB. 512 costs a quarter of 2048, has a quarter of a core, and starts more slowly.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('How many requests an instance works on at once before another one starts.')
@minValue(1)
@maxValue(100)
param httpConcurrency int = 16

@description('How many instances there are at most.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('How many instances wait for requests all the time. They are billed all the time; with none, the first request after a pause waits for a start.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = 0

@description('How large a package may be, in MB of 1,048,576 bytes.')
@minValue(1)
@maxValue(200)
param maxPackageMB int = 200

@description('How often packages are stored: three times in one building (LRS), in three buildings (ZRS), or also in another region (GRS, GZRS). Not every region offers every one, and a change later is a migration.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
param storageRedundancy string = 'Standard_LRS'

@description('For how many days a deleted file can be brought back.')
@minValue(1)
@maxValue(365)
param keepDeletedDays int = 14

@description('How many GB of logs are taken a day; what comes beyond is dropped.')
@minValue(1)
@maxValue(100)
param logGBPerDay int = 1

@description('For how many days logs are kept. Up to 30 cost nothing extra.')
@minValue(30)
@maxValue(730)
param logDays int = 30

@description('Whether the logs tell of every read of storage too, and not only of what was written and deleted.')
param logReads bool = false

@description('The mail addresses that alerts go to. Without any, alerts are seen in the portal only.')
param alertEmails array = []

@description('The costs of a month, in the currency of the subscription, of which a budget warns. 0 for no budget.')
@minValue(0)
param monthlyBudget int = 0

@description('The month in which the budget starts, as 2026-11-01: the current one when it is made, and never changed again. Empty for no budget.')
param budgetStart string = ''

@description('Tags for every resource.')
param tags object = {}

var token = uniqueString(subscription().id, environmentName, location)
var name = 'larder-${token}'
var allTags = union(tags, {
  'azd-env-name': environmentName
})
var isPrivate = network != 'public'

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: allTags
}

module identity 'modules/identity.bicep' = {
  name: 'larder-identity'
  scope: group
  params: {
    name: name
    location: location
    tags: allTags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'larder-monitoring'
  scope: group
  params: {
    name: name
    location: location
    tags: allTags
    gbPerDay: logGBPerDay
    days: logDays
    appPrincipalId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'larder-storage'
  scope: group
  params: {
    hostAccountName: 'larderhost${token}'
    feedAccountName: 'larderfeed${token}'
    location: location
    tags: allTags
    redundancy: storageRedundancy
    keepDeletedDays: keepDeletedDays
    isPrivate: isPrivate
    operatorAddresses: operatorAddresses
    appPrincipalId: identity.outputs.principalId
    operatorId: operatorId
    workspaceId: monitoring.outputs.workspaceId
    logReads: logReads
  }
}

module virtualNetwork 'modules/network.bicep' = if (isPrivate) {
  name: 'larder-network'
  scope: group
  params: {
    name: name
    location: location
    tags: allTags
    addresses: networkAddresses
    hostAccountId: storage.outputs.hostAccountId
    feedAccountId: storage.outputs.feedAccountId
  }
}

module functions 'modules/functions.bicep' = {
  name: 'larder-functions'
  scope: group
  params: {
    name: name
    location: location
    tags: allTags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    hostAccountName: storage.outputs.hostAccountName
    packageContainerUrl: storage.outputs.packageContainerUrl
    feedAccountName: storage.outputs.feedAccountName
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    instanceMemoryMB: instanceMemoryMB
    httpConcurrency: httpConcurrency
    maximumInstances: maximumInstances
    alwaysReadyInstances: alwaysReadyInstances
    customDomain: customDomain
    publicUrl: publicUrl
    isReachable: network != 'private'
    subnetId: isPrivate ? virtualNetwork!.outputs.appSubnetId : ''
    read: read
    downloads: isPrivate ? 'stream' : 'redirect'
    maxPackageMB: maxPackageMB
    feedSettings: feedSettings
  }
}

module entrance 'modules/entrance.bicep' = if (network == 'private') {
  name: 'larder-entrance'
  scope: group
  params: {
    name: name
    location: location
    tags: allTags
    siteId: functions.outputs.siteId
    networkId: virtualNetwork!.outputs.networkId
    subnetId: virtualNetwork!.outputs.endpointSubnetId
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'larder-alerts'
  scope: group
  params: {
    name: name
    location: location
    tags: allTags
    emails: alertEmails
    workspaceId: monitoring.outputs.workspaceId
    feedAccountId: storage.outputs.feedAccountId
    monthlyBudget: monthlyBudget
    budgetStart: budgetStart
  }
}

@description('The address for nuget.config.')
output FEED_URL string = '${functions.outputs.url}/v3/index.json'

@description('The next command, in a checkout: it prints the first key.')
output NEXT_COMMAND string = './larder key create first --scope push-new --account ${storage.outputs.feedAccountName}'

output RESOURCE_GROUP string = group.name
output FUNCTION_APP string = functions.outputs.siteName
output FEED_ACCOUNT string = storage.outputs.feedAccountName

@description('What a TXT record asuid.<customDomain> has to say.')
output DOMAIN_VERIFICATION string = functions.outputs.domainVerification
