// A certified OpenID Provider (oidc-provider), whose clients get tokens for their own credentials: one resource for each kind of key.
// It prints its issuer and serves until it is ended. Arguments: folder of its packages, port.
import { createRequire } from 'node:module'
import { generateKeyPairSync } from 'node:crypto'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const [packages, port] = process.argv.slice(2)
const require = createRequire(path.resolve(packages, 'node_modules', 'x.js'))
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')))

const made = (alg, ...how) => {
  const key = generateKeyPairSync(...how).privateKey.export({ format: 'jwk' })
  return { ...key, alg, use: 'sig', kid: `provider-${alg}` }
}
const keys = [
  made('RS256', 'rsa', { modulusLength: 2048 }),
  made('ES256', 'ec', { namedCurve: 'P-256' }),
  made('EdDSA', 'ed25519'),
]
const claims = { realm_access: { roles: ['amparo-platform', 'offline_access'] }, organisation: 'police', unit: 'u-7', officers: ['u-7:*'] }
const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys },
  clients: [{ client_id: 'case-platform', client_secret: 'of-a-test', grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
  extraTokenClaims: () => claims,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:amparo:RS256',
      useGrantedResource: () => true,
      // `urn:other` is for another program.
      getResourceServerInfo: (_, resource) => ({
        scope: 'assess',
        audience: resource.startsWith('urn:amparo:') ? 'amparo' : resource,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: resource.startsWith('urn:amparo:') ? resource.split(':')[2] : 'RS256' } },
      }),
    },
  },
})
provider.listen(Number(port), '127.0.0.1', () => console.log(provider.issuer))
