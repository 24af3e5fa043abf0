import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Configuration, Provider } from 'oidc-provider'

export interface OpenProvider {
  readonly issuer: string
  close(): Promise<void>
}

/** The redirect URI and id of the client that `openOidcProvider` knows. */
export const PROVIDER_CLIENT = {
  id: 'examiner',
  secret: 'secret-of-the-examiner-4711',
  redirectUri: 'http://127.0.0.1:51999/callback',
}

/** Plain oidc-provider, with the pages that it brings for development, on a free port of loopback. */
export async function openOidcProvider(configuration: Configuration = {}): Promise<OpenProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: PROVIDER_CLIENT.id,
        client_secret: PROVIDER_CLIENT.secret,
        redirect_uris: [PROVIDER_CLIENT.redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        application_type: 'native',
      },
    ],
    ...configuration,
  })
  server.on('request', provider.callback())
  return {
    issuer,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
