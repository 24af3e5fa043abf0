import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { z } from 'zod'

const PROGRAM = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js')

const checks = z.array(z.object({ id: z.string(), status: z.string(), errorMessage: z.string().optional() }))

/** What one check of the official suite found. */
export type OfficialCheck = z.output<typeof checks>[number]

/** One run of `conformance authorization`, in a process of its own. */
export interface OfficialRun {
  readonly issuer: string
  readonly clientId: string
  /** Where it listens for the callback, on 127.0.0.1. */
  readonly port: number
  readonly resource?: string
  /** An empty folder for its reports. */
  readonly folder: string
  /** Sends a person to the printed URL; resolves with the callback that their browser would be sent to. */
  readonly person: (authorizationUrl: string) => Promise<string>
}

/**
 * Runs the authorization scenarios of the official suite, unmodified.
 *
 * @returns every check of every report, whatever the exit code says: warnings and skipped checks do not change it
 */
export async function runOfficialSuite(run: OfficialRun): Promise<readonly OfficialCheck[]> {
  const resource = run.resource === undefined ? [] : ['--resource', run.resource]
  const options = ['--url', run.issuer, '--client-id', run.clientId, '--port', String(run.port), '-o', run.folder]
  const child = spawn(process.execPath, [PROGRAM, 'authorization', ...options, ...resource], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let walked: Promise<unknown> | undefined
  const read = (chunk: Buffer): void => {
    output += chunk
    const url = output.match(/^\s*(https?:\S+[?&]response_type=code\S*)\s*$/m)?.[1]
    if (url === undefined || walked !== undefined) return
    // Without a callback it would wait for five minutes.
    walked = run
      .person(url)
      .then((callback) => fetch(callback))
      .catch((error: unknown) => {
        output += `\nthe person got nowhere: ${String(error)}`
        child.kill()
      })
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  try {
    await once(child, 'close')
    await walked
  } finally {
    child.kill()
  }
  const found = await readReports(run.folder)
  if (found.length === 0) throw new Error(`no report; it said: ${output}`)
  return found
}

async function readReports(folder: string): Promise<readonly OfficialCheck[]> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('checks.json'))
  const reports = await Promise.all(files.map((name) => readFile(`${folder}/${name}`, 'utf8')))
  return reports.flatMap((report) => checks.parse(JSON.parse(report)))
}
