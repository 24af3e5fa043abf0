import type { Sealer } from './sealing.ts'
import {
  loadSigningKeys,
  openWhatOpens,
  SealedKeyError,
  type SigningAlgorithm,
  type SigningKeys,
  type SigningKeyTable,
} from './signing-keys.ts'

/** The signing keys of a running process, as the database has them. */
export interface KeyRing {
  /**
   * At most `KEYS_AGE_MS` old where the database answers; the same object as long as nothing changed.
   * @throws SealedKeyError when no key that may sign opens any more
   */
  current(): Promise<SigningKeys>
  /**
   * The keys, read again where that one is not among them: another process may have signed with it before this one read of it.
   * @throws SealedKeyError as `current`
   */
  knowing(kid: string): Promise<SigningKeys>
  /** Whether every key in the database opened when it was last read. */
  isWhole(): boolean
}

// A rotation reaches every process within this time. Read when a request comes, not by a timer: a process that was held up
// for an hour must not sign its first token with a key that was taken away meanwhile.
export const KEYS_AGE_MS = 2_000

// The published set is asked for when the database is away, too; a question that hangs must not hold it up.
const READ_PATIENCE_MS = 1_000

type Report = (level: 'info' | 'error', message: string, detail: Readonly<Record<string, unknown>>) => void

/**
 * Opens the keys, and goes on reading them. A key that comes later and does not open is reported and left out: the others
 * still sign, and whoever wrote it there may not stop them.
 * @throws SealedKeyError when a key does not open at the start
 */
export async function openKeyRing(options: {
  table: SigningKeyTable
  sealer: Sealer
  algorithm: SigningAlgorithm
  report: Report
}): Promise<KeyRing> {
  const { table, report } = options
  let view: View = { keys: await loadSigningKeys(options), closed: [] }
  let readAt = performance.now()
  let reading: Promise<void> | undefined
  const read = async (): Promise<void> => {
    // Counted from the question: the answer is no younger. After a failure, too, so that not everybody waits for the next.
    readAt = performance.now()
    const before = view
    try {
      view = openWhatOpens(await table.list(), options)
    } catch (error) {
      report('error', 'signing keys could not be read again', { error })
      // Without an answer the last keys go on; an answer without a key that may sign ends them.
      if (error instanceof SealedKeyError) view = { keys: undefined, closed: [], error }
    }
    view = reportChanges(before, view, report)
  }
  const readOnce = (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }
  const current = async (): Promise<SigningKeys> => {
    if (performance.now() - readAt >= KEYS_AGE_MS) readOnce()
    if (reading !== undefined) await withPatience(reading)
    if (view.keys === undefined) throw view.error
    return view.keys
  }
  return {
    isWhole: () => view.keys !== undefined && view.closed.length === 0,
    current,
    async knowing(kid) {
      const keys = await current()
      if (kidsOf(keys).includes(kid)) return keys
      // Whoever makes kids up causes one question at a time, however many ask.
      await withPatience(readOnce())
      return current()
    },
  }
}

type View =
  | { readonly keys: SigningKeys; readonly closed: readonly string[] }
  | { readonly keys: undefined; readonly closed: readonly string[]; readonly error: SealedKeyError }

/** @returns the view to keep: the one from before where nothing changed */
function reportChanges(before: View, after: View, report: Report): View {
  if (after.closed.length > 0 && after.closed.join() !== before.closed.join()) {
    const detail = { code: 'SALLYPORT_E_KEY_SEALED', kids: after.closed }
    report('error', 'signing keys in the database do not open: give this process the encryption key they need', detail)
  }
  if (after.keys === undefined) return after
  const [now, then] = [kidsOf(after.keys), before.keys === undefined ? [] : kidsOf(before.keys)]
  if (before.keys !== undefined && now.join() === then.join()) return { ...after, keys: before.keys }
  report('info', 'signing keys changed', { signs: now[0], published: now })
  return after
}

function kidsOf({ jwks }: SigningKeys): readonly (string | undefined)[] {
  return jwks.keys.map(({ kid }) => kid)
}

async function withPatience(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, READ_PATIENCE_MS)
  })
  await Promise.race([work, patience])
  clearTimeout(timer)
}
