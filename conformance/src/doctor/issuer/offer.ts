import { isHttpUrl, isNarrower, lostTls } from '../address.ts'
import { ok, type Step, stop, warn } from '../step.ts'

type Metadata = Readonly<Record<string, unknown>>

/** Whether the authorization server offers what every MCP client needs. */
export function judgeOffer(url: string, metadata: Metadata): readonly Step[] {
  return [...judgeAddresses(url, metadata), judgeFlow(metadata), judgeRegistration(metadata)]
}

/** Endpoints that clients themselves go to. An authorization server behind a proxy may name them as it sees itself. */
function judgeAddresses(url: string, metadata: Metadata): readonly Step[] {
  const named = ['authorization_endpoint', 'token_endpoint', 'registration_endpoint'].flatMap((name) => {
    const address = metadata[name]
    return typeof address === 'string' && isHttpUrl(address) ? [{ name, address }] : []
  })
  const inside = named.filter(({ address }) => isNarrower(address, url))
  const [first] = inside.length > 0 ? inside : named.filter(({ address }) => isHttpBesideTls(address, metadata.issuer))
  if (first === undefined) return []
  const why = inside.length > 0 ? 'an address that clients cannot reach' : 'by http, where the issuer is https'
  return [
    stop('endpoints', {
      ailment: inside.length > 0 ? 'endpoints-internal' : 'endpoints-by-http',
      saw: `\`${first.name}\` of the authorization server is ${first.address}, ${why}.`,
      change:
        'Configure the public URL of the authorization server (its hostname and proxy settings), so that all of its metadata has it.',
    }),
  ]
}

const isHttpBesideTls = (address: string, issuer: unknown): boolean =>
  typeof issuer === 'string' && isHttpUrl(issuer) && lostTls(address, issuer)

function judgeFlow(metadata: Metadata): Step {
  const missing = ['authorization_endpoint', 'token_endpoint'].filter((name) => !isHttpUrl(String(metadata[name])))
  if (missing.length > 0) {
    const saw = `The metadata of the authorization server lacks ${missing.join(' and ')}.`
    return stop('flow', { ailment: 'endpoints-missing', saw, change: 'Turn on the authorization code flow there.' })
  }
  const responses = namesIn(metadata.response_types_supported)
  if (responses !== undefined && !responses.includes('code')) {
    const saw = `It offers the response types ${responses.join(', ')}, and not code.`
    return stop('flow', { ailment: 'code-not-offered', saw, change: 'Turn on the authorization code flow there.' })
  }
  const methods = namesIn(metadata.code_challenge_methods_supported)
  if (methods?.includes('S256') !== true) {
    const offered = methods === undefined ? 'It does not advertise PKCE' : `It advertises PKCE by ${methods.join(', ')}`
    return stop('flow', {
      ailment: 'pkce-not-advertised',
      saw: `${offered}: \`code_challenge_methods_supported\` without S256 makes clients give up.`,
      change:
        'Turn on PKCE with S256 and advertise it in the metadata; where the product cannot, serve the metadata with that line from a proxy.',
    })
  }
  const iss = metadata.authorization_response_iss_parameter_supported === true ? ', and iss in its answers' : ''
  return ok('flow', `It offers the code flow with PKCE by S256${iss}.`)
}

/** How a client that has never been here becomes known. */
function judgeRegistration(metadata: Metadata): Step {
  const ways = [
    ...(metadata.client_id_metadata_document_supported === true ? ['client ID metadata documents'] : []),
    ...(metadata.registration_endpoint === undefined ? [] : ['dynamic registration']),
  ]
  if (ways.length === 0) {
    return warn('registration', {
      ailment: 'registration-by-hand',
      saw: 'It offers neither client ID metadata documents nor dynamic registration: a client that was not entered by hand cannot sign in.',
      change: 'Turn one of them on, or enter each client there and give its client_id to the people who use it.',
    })
  }
  const methods = namesIn(metadata.token_endpoint_auth_methods_supported)
  if (methods?.includes('none') !== true) {
    const offered = methods === undefined ? 'which stands for client_secret_basic' : `but ${methods.join(', ')}`
    return warn('registration', {
      ailment: 'public-clients-refused',
      saw: `\`token_endpoint_auth_methods_supported\` has no none, ${offered}: clients without a secret are not expected.`,
      change: 'Allow public clients (with PKCE), and advertise none.',
    })
  }
  return ok('registration', `Clients become known by ${ways.join(' or ')}, without a secret if they have none.`)
}

function namesIn(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : undefined
}
