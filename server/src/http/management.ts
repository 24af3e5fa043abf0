import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/** Something that must answer before the process takes requests. */
export interface ReadinessCheck {
  readonly name: string
  check(): Promise<boolean>
}

// A check that takes longer is not ready; the prober asks again.
const CHECK_TIMEOUT_MS = 2_000

/** The metrics as text, and the media type of it. */
export interface Exposition {
  readonly contentType: string
  readonly text: string
}

/**
 * The management port: `/livez` while the process runs, `/readyz` when everything it needs answers, `/metrics` as Prometheus
 * reads them. It is meant for the machine or the cluster alone and shows no secret.
 */
export function createManagementServer(checks: readonly ReadinessCheck[], expose: () => Promise<Exposition>): Server {
  return createServer((req, res) => {
    const path = req.url?.split('?')[0]
    const answer = (status: number, body: unknown): void => {
      res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
      res.end(req.method === 'HEAD' ? undefined : `${JSON.stringify(body)}\n`)
    }
    if (req.method !== 'GET' && req.method !== 'HEAD') return answer(405, { error: 'use GET' })
    if (path === '/livez') return answer(200, { live: true })
    if (path === '/metrics') {
      expose().then(
        (exposition) => answerMetrics(req, res, exposition),
        // Whoever counts must not be able to end what is counted.
        () => answer(500, { error: 'the metrics cannot be told' }),
      )
      return
    }
    if (path !== '/readyz') return answer(404, { error: 'there are /livez, /readyz and /metrics here' })
    runChecks(checks).then((results) => {
      const ready = Object.values(results).every(Boolean)
      answer(ready ? 200 : 503, { ready, checks: results })
    })
  })
}

function answerMetrics(req: IncomingMessage, res: ServerResponse, { contentType, text }: Exposition): void {
  res.writeHead(200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' })
  res.end(req.method === 'HEAD' ? undefined : text)
}

async function runChecks(checks: readonly ReadinessCheck[]): Promise<Readonly<Record<string, boolean>>> {
  const results = await Promise.all(checks.map(async ({ name, check }) => [name, await withinTime(check)] as const))
  return Object.fromEntries(results)
}

async function withinTime(check: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS)
  })
  try {
    return await Promise.race([check(), timeout])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
