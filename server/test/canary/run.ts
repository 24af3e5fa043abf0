import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Figures, refuseLeaks } from './index.ts'
import { createIssued } from './issued.ts'
import { scanDatabase } from './scan-database.ts'

/** The search for secrets over a whole run. */
export interface CanaryRun {
  /** File that each search of the run adds its figures to. */
  readonly report: string
  /**
   * Looks through what no test has dropped, by shape alone, and says what the run looked at.
   * @throws when something is where it must not be
   */
  finish(): Promise<void>
}

/** @param prefix how the names of the databases of this run begin */
export async function openCanaryRun(clusterUrl: string, prefix: string): Promise<CanaryRun> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-canary-'))
  const report = join(folder, 'figures')
  await writeFile(report, '')
  return {
    report,
    async finish() {
      const figures = sum(await readFile(report, 'utf8'))
      await rm(folder, { recursive: true, force: true })
      const left = await leftDatabases(clusterUrl, prefix)
      const { databases, rows, lines, values, refusals, harmless } = figures
      const where = `${rows} rows of ${databases} databases, ${lines} log lines and every refusal`
      if (databases > 0) console.info(`secrets: ${values} were issued, and looked for in ${where}`)
      if (refusals > 0) console.info(`refusals: the logs tell of ${refusals}; ${harmless} of attacks changed no table`)
      const scans = await Promise.all(left.map((url) => scanDatabase(url, createIssued())))
      refuseLeaks(scans.flatMap(({ leaks }) => leaks.map((leak) => `${leak}, in a database that no test dropped`)))
    },
  }
}

function sum(report: string): Figures {
  const all: Partial<Figures>[] = report
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  const total = (of: keyof Figures): number => all.reduce((sofar, figures) => sofar + (figures[of] ?? 0), 0)
  return {
    databases: total('databases'),
    rows: total('rows'),
    lines: total('lines'),
    values: total('values'),
    refusals: total('refusals'),
    harmless: total('harmless'),
  }
}

async function leftDatabases(clusterUrl: string, prefix: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: clusterUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
      [prefix],
    )
    return rows.map(({ name }) => {
      const url = new URL(clusterUrl)
      url.pathname = `/${name}`
      return url.href
    })
  } finally {
    await client.end()
  }
}
