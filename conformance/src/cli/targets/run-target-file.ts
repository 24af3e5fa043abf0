import type { Command } from 'commander'
import type { TargetReport } from '../../report/many.ts'
import { requirementsById } from '../../requirements/requirements.ts'
import { planServer } from '../../run/plan-server.ts'
import type { Console } from '../console.ts'
import { planLines } from '../listing.ts'
import { type OutputFlags, refuseUnwritable } from '../outputs.ts'
import { planSignIn } from '../planned-sign-in.ts'
import { readNumber } from '../run-flags.ts'
import { UsageError } from '../usage-error.ts'
import { concludeTargets } from './conclude-targets.ts'
import { flagsForEvery, flagsOf } from './entry-flags.ts'
import { openResumeFile, type ResumeFile } from './resume-file.ts'
import { DEFAULT_AT_ONCE, runTargets } from './run-targets.ts'
import { type Target, understandTarget } from './target.ts'
import { readTargetFile } from './target-file.ts'

const AT_ONCE_MAX = 32

/** Flags that only a run of many targets has. */
export interface TargetsFlags extends OutputFlags {
  readonly targets?: string
  readonly atOnce?: string
  readonly resume?: string
  readonly plan?: boolean
}

/** Adds them to a verb. */
export function addTargetsFlags(verb: Command): void {
  verb
    .option('--targets <file>', 'examine every target of a YAML file: its url, a name, and flags in camel case')
    .option('--at-once <number>', `with --targets, how many are examined at the same time (${DEFAULT_AT_ONCE})`)
    .option('--resume <file>', 'with --targets, keep what is finished in this file, and leave it out the next time')
}

/** @throws UsageError for the flags of many targets beside the URL of one */
export function refuseWithoutTargets({ atOnce, resume }: TargetsFlags): void {
  const alone = atOnce !== undefined ? '--at-once' : resume !== undefined ? '--resume' : undefined
  if (alone !== undefined) throw new UsageError(`${alone} is for many targets: name their file by --targets`)
}

/**
 * Examines every target of a file. Whatever is wrong with the file is said before anything is sent.
 * @returns the exit code, the worst of all
 * @throws UsageError
 */
export async function runTargetFile(
  path: string,
  flags: TargetsFlags & Readonly<Record<string, unknown>>,
  verb: Command,
  console: Console,
): Promise<number> {
  const atOnce = flags.atOnce === undefined ? DEFAULT_AT_ONCE : readNumber('--at-once', flags.atOnce, 1, AT_ONCE_MAX)
  const targets = await readTargets(path, flags, verb, console)
  if (flags.plan === true) return printPlans(targets, console)
  await refuseUnwritable(flags, console)
  const resume = flags.resume === undefined ? undefined : await openResumeFile(flags.resume, console)
  const found = keptOf(targets, resume)
  for (const name of found.keys()) console.err(`${name}: finished before, and kept in ${flags.resume}`)
  await runTargets({
    targets: targets.filter(({ name }) => !found.has(name)),
    atOnce: Math.floor(atOnce),
    console,
    async onFinished(target, report) {
      found.set(target.name, report)
      // Who was not there may be there the next time.
      if (!('unreachable' in report)) await resume?.keep(target, report)
    },
  })
  return concludeTargets(targets, found, flags, console)
}

async function readTargets(
  path: string,
  flags: TargetsFlags & Readonly<Record<string, unknown>>,
  verb: Command,
  console: Console,
): Promise<readonly Target[]> {
  const shared = flagsForEvery(verb, flags)
  const entries = readTargetFile(await load(path, console), path, flagsOf(verb))
  const targets: Target[] = []
  for (const entry of entries) targets.push(await understandTarget(entry, shared, console))
  return targets
}

function keptOf(targets: readonly Target[], resume: ResumeFile | undefined): Map<string, TargetReport> {
  const kept = targets.flatMap((target) => {
    const report = resume?.finished(target)
    return report === undefined ? [] : [[target.name, report] as const]
  })
  return new Map(kept)
}

async function printPlans(targets: readonly Target[], console: Console): Promise<number> {
  for (const { name, optionsNow, login, checks } of targets) {
    console.out(`# ${name}`)
    const options = await optionsNow()
    const steps = await planServer({ ...options, ...planSignIn(login), checks, requirements: requirementsById })
    for (const line of planLines(steps, options)) console.out(line)
  }
  return 0
}

async function load(path: string, { readFile }: Console): Promise<string> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new UsageError(`--targets ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
