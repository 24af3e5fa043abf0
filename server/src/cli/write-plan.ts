import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'
import { type InitPlan, SECRETS_FOLDER } from './init-plan.ts'

/**
 * Writes what was planned. A file or folder that is there already is never touched: its secrets may be what opens a
 * database. The system decides what is there, so that two that run at once do not write over each other.
 * @param folder absolute; made where it is missing
 * @throws CommandError with exit code 1 naming what is in the way; nothing stays behind then
 */
export function writePlan(folder: string, plan: InitPlan): void {
  const made: (() => void)[] = []
  try {
    mkdirSync(folder, { recursive: true })
    const secrets = join(folder, SECRETS_FOLDER)
    mkdirSync(secrets, { mode: 0o700 })
    made.push(() => rmdirSync(secrets))
    for (const { path, text } of plan.secrets) writeNew(join(folder, path), text, 0o600, made)
    writeNew(join(folder, plan.settings.path), plan.settings.text, 0o644, made)
  } catch (error) {
    for (const undo of made.toReversed()) undo()
    throw explain(error)
  }
}

function writeNew(path: string, text: string, mode: number, made: (() => void)[]): void {
  writeFileSync(path, '', { mode, flag: 'wx' })
  // From here on it is ours, also when the disk is full.
  made.push(() => rmSync(path, { force: true }))
  writeFileSync(path, text)
}

function explain(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return error
  const { code, path } = error
  const reason =
    code === 'EEXIST'
      ? 'is there already and is never written over: move it away, or choose another --dir'
      : `cannot be written (${code}): choose another --dir`
  return new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', `${path} ${reason}`)
}
