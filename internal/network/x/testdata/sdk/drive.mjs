// Drives a server as X's own SDK drives X, and says as JSON what it was answered. The SDK has the
// address of X's sign-in built in: what it would send there goes to the server it is given.
import { Client, OAuth2 } from '@xdevplatform/xdk'

const { base, account, clientId, clientSecret, redirectUri, picture } = JSON.parse(process.argv[2])

const send = globalThis.fetch
const here = (address) => String(address).replace(/^https:\/\/(api\.)?x\.com/, base)
globalThis.fetch = (address, options) => {
  if (!here(address).startsWith(base)) throw new Error(`it would ask ${address}`)
  return send(here(address), options)
}

const refused = async (ask) => {
  try {
    await ask()
    return null
  } catch (e) {
    return { status: e.status ?? Number(/status: (\d+)|token: (\d+)/.exec(e.message)?.slice(1).find(Boolean)), data: e.data ?? null }
  }
}

const oauth = new OAuth2({
  clientId, clientSecret, redirectUri, scope: ['tweet.read', 'tweet.write', 'users.read', 'media.write', 'offline.access'],
})
const verifier = 'v'.repeat(43)
await oauth.setPkceParameters(verifier)
const visit = await send(`${here(await oauth.getAuthorizationUrl('st4te'))}&account=${account}`, { redirect: 'manual' })
const back = new URL(visit.headers.get('location')).searchParams
const first = await oauth.exchangeCode(back.get('code'), verifier)
const again = await refused(() => oauth.exchangeCode(back.get('code'), verifier))
const next = await oauth.refreshToken(first.refresh_token)
const spent = await refused(() => oauth.refreshToken(first.refresh_token))

const client = new Client({ baseUrl: base, accessToken: next.access_token })
const me = await client.users.getMe()

const bytes = Buffer.from(picture, 'base64')
const { data: begun } = await client.media.initializeUpload({ mediaType: 'image/png', totalBytes: bytes.length, mediaCategory: 'tweet_image' })
await client.media.appendUpload(begun.id, { segmentIndex: 0, media: bytes.subarray(0, 5).toString('base64') })
await client.media.appendUpload(begun.id, { segmentIndex: 1, media: bytes.subarray(5).toString('base64') })
const { data: file } = await client.media.finalizeUpload(begun.id)
const { data: status } = await client.media.getUploadStatus(begun.id, { command: 'STATUS' })
await client.media.createMetadata({ id: begun.id, metadata: { altText: { text: 'A door' } } })

const { data: shown } = await client.posts.create({ text: 'The first from the workshop.', media: { mediaIds: [begun.id] } })
const copy = await refused(() => client.posts.create({ text: 'The first from the workshop.' }))
const { data: gone } = await client.posts.create({ text: 'Taken back.', paidPartnership: true })
const list = () => client.users.getPosts(account, {
  maxResults: 5, startTime: '2006-01-02T15:04:05Z', postFields: ['createdAt'], expansions: ['attachments.media_keys'], mediaFields: ['altText'],
})
const before = await list()
const deleted = await client.posts.delete(gone.id)
const absent = await refused(() => client.posts.delete(gone.id))
const after = await list()
const bare = await client.users.getPosts(account, {})

console.log(JSON.stringify({
  sentBack: back.get('state'), token: first, again, next, spent, me, file, status, shown, copy, gone, before, deleted, absent, after, bare,
}))
