import { isRecord } from '../../mcp/json-rpc.ts'
import { documentOf } from '../../server/discovery/documents.ts'
import { explainSilence } from '../reach/silence.ts'
import type { Reply } from '../reply.ts'
import { ok, type Step, stop, warn } from '../step.ts'

/** A published key, as far as a token is told apart by it. */
export interface PublishedKey {
  readonly kid: string | undefined
}

/** The keys of a key set; undefined for what is none. */
export function keysIn(reply: Reply): readonly PublishedKey[] | undefined {
  const document = reply.kind === 'answered' ? documentOf(reply.answer) : undefined
  if (!Array.isArray(document?.keys)) return undefined
  return document.keys.filter(isRecord).map(({ kid }) => ({ kid: typeof kid === 'string' ? kid : undefined }))
}

/** Whether servers find the keys that tokens are signed with, and can tell them apart. */
export function judgeKeys(address: string, reply: Reply): Step {
  if (reply.kind === 'silent') {
    const { saw, change } = explainSilence(address, reply)
    return stop('keys', { ailment: 'keys-unreachable', saw, change })
  }
  const keys = keysIn(reply)
  if (keys === undefined || keys.length === 0) {
    const saw = `${address} answers ${reply.answer.status} and no keys: no server can verify a signature.`
    return stop('keys', { ailment: 'keys-missing', saw, change: 'Publish the public keys at `jwks_uri`.' })
  }
  const named = keys.flatMap(({ kid }) => (kid === undefined ? [] : [kid]))
  const twice = named.find((kid, at) => named.indexOf(kid) !== at)
  if (twice !== undefined) {
    return stop('keys', {
      ailment: 'kid-twice',
      saw: `Two keys at ${address} have the kid ${twice}: verifiers take the wrong one, or none.`,
      change: 'Give every key a kid of its own; a rotated key gets a new one.',
    })
  }
  if (keys.length > 1 && named.length < keys.length) {
    return warn('keys', {
      ailment: 'kid-missing',
      saw: `${address} has ${keys.length} keys, and not all have a kid: verifiers have to guess.`,
      change: 'Give every key a kid, and write it into the header of tokens.',
    })
  }
  return ok('keys', `${keys.length} key${keys.length === 1 ? '' : 's'} at ${address}, told apart by kid.`)
}
