// The app: one Flex Consumption plan, one function app on it, and what it is told.

param name string
param location string
param tags object

@description('Who the app is.')
param identityId string
param identityClientId string

@description('What the Functions host keeps its own things in.')
param hostAccountName string

@description('Where deployments put the package.')
param packageContainerUrl string

@description('What the feed keeps everything in.')
param feedAccountName string

param insightsConnectionString string

param instanceMemoryMB int
param httpConcurrency int
param maximumInstances int
param alwaysReadyInstances int

@description('A host name of ours that leads to the app, or nothing.')
param customDomain string

@description('The address of what stands in front of the app, or nothing.')
param publicUrl string

@description('Whether the internet reaches the app.')
param isReachable bool

@description('The subnet that the app talks from, or nothing.')
param subnetId string

param read string
param downloads string
param maxPackageMB int

@description('More settings, by their names.')
param feedSettings object

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, {
    'azd-service-name': 'feed'
  })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    // Flex Consumption: certificates are for one app each, and an app takes them only if it was
    // made so, hence also where there is no custom domain yet. The published types do not know it.
    #disable-next-line BCP037
    siteScopedCertificatesEnabled: true
    httpsOnly: true
    publicNetworkAccess: isReachable ? 'Enabled' : 'Disabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
    }
    functionAppConfig: {
      runtime: {
        name: 'python'
        version: '3.13'
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReadyInstances == 0 ? [] : [
          {
            name: 'http'
            instanceCount: alwaysReadyInstances
          }
        ]
        // Flex Consumption: a Python app gets one request an instance if nothing is said, and a
        // restore sends dozens at once.
        triggers: {
          http: {
            perInstanceConcurrency: httpConcurrency
          }
        }
      }
    }
  }
}

// Deploying takes an identity: the password that Azure makes for each app is switched off.
resource noPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'scm'
  properties: {
    allow: false
  }
}

// A resource that is not made needs a valid name all the same.
var domain = empty(customDomain) ? 'none' : customDomain

// The host name is added by hand before, because a certificate is given only to one that is there:
// docs/deploying.md.
resource certificate 'Microsoft.Web/sites/certificates@2025-03-01' = if (!empty(customDomain)) {
  parent: site
  name: replace(domain, '.', '-')
  location: location
  tags: tags
  properties: {
    canonicalName: domain
  }
}

resource hostName 'Microsoft.Web/sites/hostNameBindings@2025-03-01' = if (!empty(customDomain)) {
  parent: site
  name: domain
  properties: {
    hostNameType: 'Verified'
    customHostNameDnsRecordType: 'CName'
    sslState: 'SniEnabled'
    thumbprint: certificate!.properties.thumbprint
  }
}

var ownUrl = 'https://${empty(customDomain) ? site.properties.defaultHostName : customDomain}'
var url = empty(publicUrl) ? ownUrl : publicUrl

// A resource of its own, since it names the address that the app has only once it is there.
resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: site
  name: 'appsettings'
  properties: union({
    AzureWebJobsStorage__accountName: hostAccountName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    // Functions, service limits: "Max request size (MB)" is 210, but the host takes 100 if nothing
    // is said. At 210, a package that is a little too large is refused by the feed, which says why.
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '210000000'
    FEED_STORAGE_ACCOUNT: feedAccountName
    FEED_IDENTITY_CLIENT_ID: identityClientId
    FEED_PUBLIC_URL: url
    FEED_READ: read
    FEED_DOWNLOADS: downloads
    FEED_MAX_PACKAGE_MB: string(maxPackageMB)
  }, feedSettings)
}

output siteId string = site.id
output siteName string = site.name
output url string = url
output domainVerification string = site.properties.customDomainVerificationId
