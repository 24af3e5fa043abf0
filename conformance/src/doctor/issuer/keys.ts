import { isRecord } from '../../mcp/json-rpc.ts'
import { documentOf } from '../../server/discovery/documents.ts'
import { explainSilence } from '../reach/silence.ts'
import type { Reply } from '../reply.ts'
import { ok, type Step, stop, warn } from '../step.ts'

/** Published keys, as they came. */
export interface KeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[]
}

/** @returns undefined for what is no key set */
export function keySetIn(reply: Reply): KeySet | undefined {
  const document = reply.kind === 'answered' ? documentOf(reply.answer) : undefined
  return Array.isArray(document?.keys) ? { keys: document.keys.filter(isRecord) } : undefined
}

export function kidsOf({ keys }: KeySet): readonly string[] {
  return keys.flatMap(({ kid }) => (typeof kid === 'string' ? [kid] : []))
}

/** Whether servers find the keys that tokens are signed with, and can tell them apart. */
export function judgeKeys(address: string, reply: Reply): Step {
  if (reply.kind === 'silent') {
    const { saw, change } = explainSilence(address, reply)
    return stop('keys', { ailment: 'keys-unreachable', saw, change })
  }
  const keySet = keySetIn(reply)
  if (keySet === undefined || keySet.keys.length === 0) {
    const saw = `${address} answers ${reply.answer.status} and no keys: no server can verify a signature.`
    return stop('keys', { ailment: 'keys-missing', saw, change: 'Publish the public keys at `jwks_uri`.' })
  }
  const { keys } = keySet
  const named = kidsOf(keySet)
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
