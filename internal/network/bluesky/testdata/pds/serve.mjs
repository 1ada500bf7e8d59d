// Starts a server of Bluesky's own and the directory of accounts it needs, says where it is, and
// ends when its input does. It is reached from this machine alone.
import net from 'node:net'
import { TestNetworkNoAppView } from '@atproto/dev-env'

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...args) {
  const [first] = args
  const port = typeof first === 'object' && first !== null ? first.port : Number(first)
  if (!Number.isInteger(port)) return listen.apply(this, args)
  const done = args.find((x) => typeof x === 'function')
  return listen.call(this, { port, host: '127.0.0.1' }, done)
}

const network = await TestNetworkNoAppView.create({ pds: { hostname: 'localhost' } })
console.log(network.pds.url)
process.stdin.on('end', () => process.exit(0)).resume()
