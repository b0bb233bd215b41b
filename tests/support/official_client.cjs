// The official Node client, unmodified, as an application uses it; only its host is another one.
const { Analytics } = require('@segment/analytics-node')

const { HOST, WRITE_KEY } = process.env
const analytics = new Analytics({ writeKey: WRITE_KEY, host: HOST, flushAt: 4 })
analytics.on('error', (error) => {
  console.error(error.code, String(error.reason))
  process.exitCode = 1
})

const aMinuteAgo = new Date(Date.now() - 60000)
const campaign = { name: 'spring', source: 'google', medium: 'cpc' }
analytics.page({
  anonymousId: 'browser-1',
  name: 'Plans',
  properties: { path: '/pricing' },
  context: { campaign },
  timestamp: aMinuteAgo,
})
analytics.track({ anonymousId: 'browser-1', event: 'Guide Downloaded', properties: { guide: 'Loading docks' } })
analytics.page({ anonymousId: 'browser-0', properties: { path: '/security' } })
analytics.identify({
  userId: 'u-1',
  anonymousId: 'browser-1',
  traits: { email: 'ann@bayfreight.example', firstName: 'Ann', lastName: 'Lee', plan: 'pro' },
})
analytics.group({ userId: 'u-1', groupId: 'g-1', traits: { name: 'Bay Freight', employees: 420 } })
analytics.alias({ previousId: 'browser-0', userId: 'u-1' })
analytics.screen({ userId: 'u-1', name: 'Orders' })
analytics.track({ userId: 'u-1', event: 'Demo Requested', properties: { message: 'soon, please' } })
analytics.track({ userId: 'u-1', event: 'Signed In', messageId: 'once' })
analytics.track({ userId: 'u-1', event: 'Signed In', messageId: 'once' })
analytics.closeAndFlush({ timeout: 20000 })
