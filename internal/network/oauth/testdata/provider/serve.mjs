// Starts an authorization server on this machine alone, says where it is, and ends when its input
// does. Two apps are known to it, which prove who they are by form and by Basic. What a token and a
// refresh may do is the server's own; only who signs in, which is anybody, is a stand-in.
import http from 'node:http'
import Provider from 'oidc-provider'

const server = http.createServer()
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const issuer = `http://127.0.0.1:${server.address().port}`

const [, , redirect] = process.argv
const app = (id, method) => ({
  client_id: id,
  client_secret: 'a secret: 50% of nothing',
  redirect_uris: [redirect],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: method,
})

const provider = new Provider(issuer, {
  clients: [app('by form', 'client_secret_post'), app('by:basic', 'client_secret_basic')],
  scopes: ['profile', 'write:statuses'],
  features: { revocation: { enabled: true }, introspection: { enabled: true } },
  pkce: { required: () => true },
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
})

// OpenID Connect tells the same under another name than RFC 8414 does.
const answer = provider.callback()
server.on('request', (request, response) => {
  if (request.url === '/.well-known/oauth-authorization-server') request.url = '/.well-known/openid-configuration'
  answer(request, response)
})

console.log(issuer)
process.stdin.on('end', () => process.exit(0)).resume()
