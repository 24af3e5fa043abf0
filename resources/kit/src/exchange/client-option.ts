import { importJWK } from 'jose'
import { ProtectError } from '../protect-error.ts'
import type { GuardLog, ProtectOptions } from '../protect-options.ts'
import { type ClientCredentials, signClientAssertion } from './client-assertion.ts'
import { judgeClientKey } from './client-key.ts'
import { readKeyFile } from './key-file.ts'

const REMEDY =
  'give the private JSON Web Key as an object, as JSON text, or as the path of the file that `sallyport resource add` wrote'

/**
 * Reads the resource's own client: from the option, or from SALLYPORT_CLIENT_ID and SALLYPORT_CLIENT_KEY_FILE where
 * the option is left out.
 *
 * @param option what was given to `protect`, perhaps by code without types
 * @param log where a key file that others can read is told
 * @returns undefined when no client is configured anywhere
 * @throws ProtectError when one is configured and cannot be used
 */
export async function readClientOption(
  option: ProtectOptions['client'],
  log: GuardLog,
): Promise<ClientCredentials | undefined> {
  const given = option ?? clientOfEnvironment()
  if (given === undefined) return undefined
  if (typeof given.id !== 'string' || given.id === '' || given.key === undefined) {
    throw new ProtectError('SALLYPORT_E_OPTIONS', 'client is { id, key } or left out')
  }
  const judged = judgeClientKey(await readKey(given.key, log))
  if (!judged.ok) throw keyError(judged.problem)
  return importClient(given.id, judged.key)
}

// Runtimes without a process have no environment either.
function clientOfEnvironment(): ProtectOptions['client'] {
  if (typeof process === 'undefined') return undefined
  const { SALLYPORT_CLIENT_ID: id, SALLYPORT_CLIENT_KEY_FILE: path } = process.env
  if (id === undefined && path === undefined) return undefined
  if (!id || !path) {
    throw new ProtectError(
      'SALLYPORT_E_OPTIONS',
      'SALLYPORT_CLIENT_ID and SALLYPORT_CLIENT_KEY_FILE go together: set both',
    )
  }
  return { id, key: path }
}

async function readKey(key: unknown, log: GuardLog): Promise<unknown> {
  if (typeof key !== 'string') return key
  const text = key.trim()
  if (text.startsWith('-----BEGIN')) throw keyError('is PEM')
  if (text.startsWith('{')) return parse(text)
  return parse(await readKeyFile(key, log))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes what it read, and that is the key.
    throw keyError('is not JSON')
  }
}

async function importClient(
  id: string,
  { jwk, algorithm, keyId }: Extract<ReturnType<typeof judgeClientKey>, { ok: true }>['key'],
): Promise<ClientCredentials> {
  try {
    const key = await importJWK(jwk, algorithm, { extractable: false })
    if (key instanceof Uint8Array) throw keyError('is a shared secret')
    const client = { id, key, algorithm, keyId }
    // A key that cannot sign (a short RSA one, a damaged one) should be known now, not at the first exchange.
    await signClientAssertion(client, 'self-test', 0)
    return client
  } catch (error) {
    if (error instanceof ProtectError) throw error
    throw keyError('cannot sign: it is damaged, too short, or of a kind that this runtime does not know')
  }
}

function keyError(problem: string): ProtectError {
  return new ProtectError('SALLYPORT_E_CLIENT_KEY', `client.key ${problem}. ${REMEDY}`)
}
