import type { Check } from '../../check/check.ts'
import { doubtful, faulty, notApplicable, sound } from '../../check/finding.ts'
import { listedIn } from '../../oauth/authorization-server.ts'
import { reading, serverOf } from '../asking.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { isLoopback } from './well-known.ts'

const SENDS = 'Nothing beyond the metadata, which was found before.'

export const metadataMembers: Check<AuthorizationServerSubject> = {
  id: 'as-metadata-members',
  requirement: 'AS-DISC-05',
  title: 'The metadata names the endpoints of a sign-in, and says that codes are given out',
  risk: 'Clients have nowhere to go, or refuse the document as a whole.',
  sends: SENDS,
  expects: 'URLs as `authorization_endpoint` and `token_endpoint`, and `code` in `response_types_supported`.',
  remedies: { general: 'Add the members that are missing.' },
  run: reading((subject) => {
    const server = serverOf(subject)
    const wrong = ['authorization_endpoint', 'token_endpoint'].filter((name) => {
      const value = server.metadata[name]
      return typeof value !== 'string' || !URL.canParse(value)
    })
    if (!listedIn(server, 'response_types_supported').includes('code')) wrong.push('response_types_supported')
    return wrong.length === 0 ? sound('all are there') : faulty(`missing or wrong: ${wrong.join(', ')}`)
  }),
}

export const metadataPkce: Check<AuthorizationServerSubject> = {
  id: 'as-metadata-pkce',
  requirement: 'AS-DISC-06',
  title: 'The metadata says that PKCE with S256 is supported',
  risk: 'Clients of MCP must turn away from a server that does not say so, and the current ones do.',
  sends: SENDS,
  expects: '`S256` in `code_challenge_methods_supported`, in every document that there is.',
  remedies: { general: 'Add `"code_challenge_methods_supported": ["S256"]`, to the OpenID document too.' },
  run: reading((subject) => {
    serverOf(subject)
    const silent = subject.places.filter(({ document }) => {
      const methods = document?.code_challenge_methods_supported
      return document !== undefined && !(Array.isArray(methods) && methods.includes('S256'))
    })
    return silent.length === 0 ? sound('S256') : faulty(`no S256 in ${silent.map(({ url }) => url).join(', ')}`)
  }),
}

export const metadataPlain: Check<AuthorizationServerSubject> = {
  id: 'as-metadata-plain',
  requirement: 'AS-DISC-06b',
  title: 'The metadata does not offer PKCE with plain',
  risk: 'A client that takes the offer has its verifier in the address bar.',
  sends: SENDS,
  expects: 'No `plain` in `code_challenge_methods_supported`.',
  remedies: { general: 'Leave S256 as the only method.' },
  run: reading((subject) =>
    listedIn(serverOf(subject), 'code_challenge_methods_supported').includes('plain')
      ? faulty('plain is offered')
      : sound('plain is not offered'),
  ),
}

export const metadataPublicClients: Check<AuthorizationServerSubject> = {
  id: 'as-metadata-public-clients',
  requirement: 'AS-DISC-09',
  title: 'The metadata says that public clients are welcome',
  risk: 'Claude and others then use no document of their own, and fall back to registration or give up.',
  sends: SENDS,
  expects: '`none` in `token_endpoint_auth_methods_supported`.',
  remedies: { general: 'Add `none` beside the other methods.' },
  run: reading((subject) => {
    const methods = listedIn(serverOf(subject), 'token_endpoint_auth_methods_supported')
    if (methods.includes('none')) return sound(methods.join(', '))
    return faulty(methods.length === 0 ? 'no methods are listed' : `only ${methods.join(', ')}`)
  }),
}

export const metadataAssertions: Check<AuthorizationServerSubject> = {
  id: 'as-metadata-assertions',
  requirement: 'AS-DISC-10',
  title: 'Where clients may sign assertions, the metadata says by which algorithms',
  risk: 'A client signs by one that the server does not take; with `none` anybody is any client.',
  sends: SENDS,
  expects: 'A list in `token_endpoint_auth_signing_alg_values_supported`, without `none`.',
  remedies: { general: 'List the algorithms that are verified, such as ES256 and RS256.' },
  run: reading((subject) => {
    const server = serverOf(subject)
    const signs = listedIn(server, 'token_endpoint_auth_methods_supported').filter((each) => each.endsWith('_jwt'))
    if (signs.length === 0) return notApplicable('clients sign nothing here')
    const algorithms = listedIn(server, 'token_endpoint_auth_signing_alg_values_supported')
    if (algorithms.length === 0) return faulty(`${signs.join(', ')} is offered, and no algorithm is listed`)
    return algorithms.includes('none') ? faulty('none is listed') : sound(algorithms.join(', '))
  }),
}

export const metadataGrants: Check<AuthorizationServerSubject> = {
  id: 'as-metadata-grants',
  requirement: 'AS-DISC-17',
  title: 'The grant types in the metadata include the code grant',
  risk: 'A client that reads the list finds nothing that it can do.',
  sends: SENDS,
  expects: 'No `grant_types_supported`, or `authorization_code` in it.',
  remedies: { general: 'List every grant that works, and none that does not.' },
  run: reading((subject) => {
    const server = serverOf(subject)
    if (server.metadata.grant_types_supported === undefined) return sound('left out, which means the code grant')
    const grants = listedIn(server, 'grant_types_supported')
    return grants.includes('authorization_code') ? sound(grants.join(', ')) : faulty(`only ${grants.join(', ')}`)
  }),
}

export const metadataNulls: Check<AuthorizationServerSubject> = {
  id: 'as-metadata-nulls',
  requirement: 'AS-DISC-13',
  title: 'No member of the metadata is null',
  risk: 'Both SDKs refuse the whole document.',
  sends: SENDS,
  expects: 'What there is not is left out.',
  remedies: { general: 'Leave members without a value out of the JSON.' },
  run: reading((subject) => {
    serverOf(subject)
    const nulls = subject.places.flatMap(({ document = {} }) =>
      Object.entries(document).flatMap(([name, value]) => (value === null ? [name] : [])),
    )
    return nulls.length === 0 ? sound('none') : faulty(`null: ${[...new Set(nulls)].join(', ')}`)
  }),
}

export const metadataOpenid: Check<AuthorizationServerSubject> = {
  id: 'as-metadata-openid',
  requirement: 'AS-DISC-14',
  title: 'The OpenID document has the members that its readers insist on',
  risk: 'The TypeScript SDK refuses the document when it finds this one.',
  sends: SENDS,
  expects: '`jwks_uri`, `subject_types_supported` and `id_token_signing_alg_values_supported`.',
  remedies: { general: 'Add them, even where no client ever asks for an ID token.' },
  run: reading((subject) => {
    serverOf(subject)
    const place = subject.places.find(
      ({ url, document }) => document !== undefined && url.includes('openid-configuration'),
    )
    if (place?.document === undefined) return notApplicable('there is no OpenID document')
    const { document, url } = place
    const missing = ['jwks_uri', 'subject_types_supported', 'id_token_signing_alg_values_supported'].filter(
      (name) => document[name] === undefined,
    )
    // RFC 8414 §5 lets a server that knows no OpenID Connect use this address.
    return missing.length === 0 ? sound('all are there') : doubtful(`${url} lacks ${missing.join(', ')}`)
  }),
}

export const metadataProofs: Check<AuthorizationServerSubject> = {
  id: 'as-metadata-proofs',
  requirement: 'AS-DISC-20',
  title: 'Algorithms of proofs are asymmetric',
  risk: 'A proof by a shared secret, or by none, proves nothing.',
  sends: SENDS,
  expects: 'No `dpop_signing_alg_values_supported`, or asymmetric ones alone.',
  remedies: { general: 'List ES256 and its like; never HS256 or none.' },
  run: reading((subject) => {
    const server = serverOf(subject)
    if (server.metadata.dpop_signing_alg_values_supported === undefined) return notApplicable('there are no proofs')
    const algorithms = listedIn(server, 'dpop_signing_alg_values_supported')
    const wrong = algorithms.filter((each) => /^(?:HS|none$)/i.test(each))
    if (algorithms.length === 0) return faulty('the list is empty')
    return wrong.length === 0 ? sound(algorithms.join(', ')) : faulty(wrong.join(', '))
  }),
}

export const endpointsSecure: Check<AuthorizationServerSubject> = {
  id: 'as-endpoints-https',
  requirement: 'AS-OPS-01',
  title: 'Every endpoint is reached over https',
  risk: 'Codes, secrets and tokens can be read on the way.',
  sends: SENDS,
  expects: 'https in every member that names an endpoint or the key set; http on loopback alone.',
  remedies: { general: 'Behind a proxy, build addresses from the configured public origin, not from the request.' },
  run: reading((subject) => {
    const plain = Object.entries(serverOf(subject).metadata).filter(([name, value]) => {
      if (!/_endpoint$|^jwks_uri$/.test(name) || typeof value !== 'string' || !URL.canParse(value)) return false
      const { protocol, hostname } = new URL(value)
      return protocol === 'http:' && !isLoopback(hostname)
    })
    return plain.length === 0
      ? sound('all of them')
      : faulty(plain.map(([name, value]) => `${name} ${value}`).join(', '))
  }),
}
