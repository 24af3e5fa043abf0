import type { Settings } from '../../config/settings.ts'
import { createSealer } from '../../keys/sealing.ts'
import { inspectSigningKeys } from '../../keys/signing-keys.ts'
import { isMigrated, openStore, type Store } from '../../store/index.ts'
import { type DatabaseInspection, inspectDatabase } from '../../store/inspect-database.ts'
import { explainFailure } from '../explain-failure.ts'
import { judgeOffset } from './clock.ts'
import { type Finding, fail, ok, unseen, warn } from './finding.ts'

/** Older ones get no security fixes any more. */
const OLDEST_MAJOR = 15

/** What the checks of the issuer compare with; undefined where it could not be had. */
export interface DatabaseKnowledge {
  readonly findings: readonly Finding[]
  /** Ids of the signing keys that opened. */
  readonly keyIds: readonly string[] | undefined
}

/** Looks at the database, and at the keys in it. */
export async function checkDatabase(url: string, settings: Settings, now: () => number): Promise<DatabaseKnowledge> {
  const store = openStore({ databaseUrl: url, poolSize: 1 })
  try {
    // The first question pays for the connection, which would look like a clock that is late.
    await store.ping()
    const asked = now()
    const seen = await inspectDatabase(store.database)
    const offset = seen.clock - (asked + now()) / 2
    const server = [judgeVersion(seen), judgeOffset('the database', offset)]
    if (!(await isMigrated(url))) return { findings: [...server, ...notMigrated()], keyIds: undefined }
    const { finding, keyIds } = await checkKeys(store, settings)
    return {
      findings: [...server, ok('migrations', 'every step is applied'), judgeRights(seen, settings.mode), finding],
      keyIds,
    }
  } catch (error) {
    return { findings: unreachable(error), keyIds: undefined }
  } finally {
    await store.close()
  }
}

function unreachable(error: unknown): readonly Finding[] {
  const reason = (explainFailure(error).line ?? 'it does not answer').split('\n', 1)[0] ?? ''
  const because = 'the database does not answer'
  return [
    fail('database', reason, 'Check DATABASE_URL from this machine: host, port, user, password, TLS, firewall.'),
    unseen('migrations', because),
    unseen('database-rights', because),
    unseen('keys', because),
  ]
}

function notMigrated(): readonly Finding[] {
  return [
    fail('migrations', 'steps are waiting to be applied', 'Run `sallyport migrate`.'),
    unseen('database-rights', 'there are tables to come'),
    unseen('keys', 'there are tables to come'),
  ]
}

function judgeVersion({ version, major }: DatabaseInspection): Finding {
  if (major >= OLDEST_MAJOR) return ok('database', `PostgreSQL ${version} answers`)
  const remedy = `Move to PostgreSQL ${OLDEST_MAJOR} or newer.`
  return warn('database', `PostgreSQL ${version} answers and gets no security fixes any more`, remedy)
}

function judgeRights({ superuser, lacking }: DatabaseInspection, mode: Settings['mode']): Finding {
  const [first] = lacking
  if (first !== undefined) {
    const others = lacking.length > 1 ? ` and ${lacking.length - 1} more` : ''
    const remedy = 'Grant them to the user of DATABASE_URL, or let it own the tables.'
    return fail('database-rights', `the user lacks ${first}${others}`, remedy)
  }
  // The embedded database has the one role it was made with, and nothing else in its cluster.
  if (!superuser || mode === 'dev') return ok('database-rights', 'the user may read and write every table')
  const remedy = 'Give the server a user of its own that owns its database and nothing else.'
  return warn('database-rights', 'the user may do anything in the whole cluster', remedy)
}

async function checkKeys(
  store: Store,
  { encryptionKeys, signingAlgorithm }: Settings,
): Promise<{ finding: Finding; keyIds: readonly string[] }> {
  const keys = await inspectSigningKeys({ table: store.signingKeys, sealer: createSealer(encryptionKeys) })
  const closed = keys.filter(({ opens }) => !opens)
  const keyIds = keys.filter(({ opens }) => opens).map(({ kid }) => kid)
  const [first] = closed
  if (first !== undefined) {
    const detail = `${closed.length} of ${keys.length} signing keys do not open, ${first.kid} among them`
    const remedy = 'Add the encryption key they were sealed with to SALLYPORT_ENCRYPTION_KEYS, behind the newest.'
    return { finding: fail('keys', detail, remedy), keyIds }
  }
  if (keys.length === 0) return { finding: ok('keys', 'there are none; the first start makes one'), keyIds }
  const generations = keys.length === 1 ? 'one generation' : `${keys.length} generations`
  const used = keys.some(({ algorithm }) => algorithm === signingAlgorithm)
  const next = used ? '' : `; the next start makes one for ${signingAlgorithm}`
  return { finding: ok('keys', `every signing key opens: ${generations}${next}`), keyIds }
}
