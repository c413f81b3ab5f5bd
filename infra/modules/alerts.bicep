// What somebody has to look at: failing requests, failing jobs, storage that is too busy, costs.

param name string
param location string
param tags object

@description('Who is written to. Without anybody, alerts are seen in the portal only.')
param emails array

param workspaceId string
param feedAccountId string

@description('The costs of a month that a budget warns of. 0 for none.')
param monthlyBudget int

@description('The first day of the month in which the budget started.')
param budgetStart string

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(emails)) {
  name: name
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'larder'
    enabled: true
    emailReceivers: [for email in emails: {
      name: email
      emailAddress: email
      useCommonAlertSchema: true
    }]
  }
}

var actionGroups = empty(emails) ? [] : [
  people.id
]

// Both rules look at a window of logs every 15 minutes, which is the cheapest that a rule can be.
// The tables that they read are there only once the app has logged something, hence no validation.
resource failingRequests 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-failing-requests'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'The feed fails'
    description: 'More than 2 % of the requests of 15 minutes, and at least five, were answered with a 5xx.'
    severity: 1
    enabled: true
    scopes: [
      workspaceId
    ]
    skipQueryValidation: true
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    criteria: {
      allOf: [
        {
          query: '''
            AppRequests
            | where OperationName !startswith "jobs_"
            | summarize requests = sum(ItemCount), failed = sumif(ItemCount, toint(ResultCode) >= 500)
            | where failed >= 5 and failed * 50 > requests
          '''
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    autoMitigate: true
    actions: {
      actionGroups: actionGroups
    }
  }
}

resource failingJobs 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-failing-jobs'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'The feed is not looked after'
    description: 'Within an hour a timer failed, or repair did not run although it is due every 15 minutes.'
    severity: 2
    enabled: true
    scopes: [
      workspaceId
    ]
    skipQueryValidation: true
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    criteria: {
      allOf: [
        {
          query: '''
            AppRequests
            | where OperationName startswith "jobs_"
            | summarize repaired = countif(OperationName == "jobs_repair" and Success == true), failed = countif(Success == false)
            | where failed > 0 or repaired == 0
          '''
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    autoMitigate: true
    actions: {
      actionGroups: actionGroups
    }
  }
}

resource throttledStorage 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-throttled-storage'
  location: 'global'
  tags: tags
  properties: {
    description: 'Storage refused requests of the feed because there were too many.'
    severity: 2
    enabled: true
    scopes: [
      feedAccountId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'throttled'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Storage/storageAccounts'
          metricName: 'Transactions'
          dimensions: [
            {
              name: 'ResponseType'
              operator: 'Include'
              values: [
                'ServerBusyError'
                'ClientThrottlingError'
                'ClientAccountRequestThrottlingError'
                'ClientAccountBandwidthThrottlingError'
              ]
            }
          ]
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 10
        }
      ]
    }
    autoMitigate: true
    actions: [for id in actionGroups: {
      actionGroupId: id
    }]
  }
}

// Consumption, budgets: "Start date of budgets cannot be updated", so it is not the day of this deployment.
resource budget 'Microsoft.Consumption/budgets@2023-11-01' = if (monthlyBudget > 0 && !empty(budgetStart)) {
  name: name
  properties: {
    category: 'Cost'
    amount: monthlyBudget
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: budgetStart
    }
    notifications: {
      spent: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: emails
        contactRoles: [
          'Owner'
        ]
      }
      expected: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: emails
        contactRoles: [
          'Owner'
        ]
      }
    }
  }
}
