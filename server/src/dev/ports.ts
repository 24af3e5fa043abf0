import { createServer } from 'node:net'
import { variableFor } from '../config/environment.ts'
import type { Settings } from '../config/settings.ts'
import { StartError } from './start-error.ts'

interface Listener {
  readonly host: string
  readonly port: number
  /** Environment variable that moves it. */
  readonly setting: string
}

/** Every address that a development start listens on. */
function listenersOf(settings: Settings): readonly Listener[] {
  const at = (path: readonly string[], host: string, port: number) => ({ host, port, setting: variableFor(path) ?? '' })
  return [
    at(['listen', 'port'], settings.listen.host, settings.listen.port),
    at(['demo', 'port'], '127.0.0.1', settings.demo.port),
    at(['demo', 'downstreamPort'], '127.0.0.1', settings.demo.downstreamPort),
    at(['management', 'port'], settings.management.host, settings.management.port),
  ]
}

/**
 * Finds a taken port before anything is started. Ports are never moved silently: the issuer's identifier holds one.
 *
 * @throws StartError SALLYPORT_E_PORT_IN_USE, naming the port and the setting that moves it
 */
export async function refuseTakenPorts(settings: Settings): Promise<void> {
  const seen = new Map<number, Listener>()
  for (const listener of listenersOf(settings)) {
    const twin = seen.get(listener.port)
    if (twin !== undefined) {
      const message = `${twin.setting} and ${listener.setting} both say ${listener.port}: give each its own port.`
      throw new StartError('SALLYPORT_E_PORT_IN_USE', message)
    }
    seen.set(listener.port, listener)
    if (await isTaken(listener)) throw portInUse(listener)
  }
}

/**
 * The same sentence for a port that was lost between the look and the listening.
 *
 * @returns undefined when `error` is no such loss
 */
export function explainListenError(error: unknown, settings: Settings): StartError | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE' || !('port' in error)) return
  const listener = listenersOf(settings).find(({ port }) => port === error.port)
  return listener === undefined ? undefined : portInUse(listener)
}

function portInUse({ host, port, setting }: Listener): StartError {
  return new StartError(
    'SALLYPORT_E_PORT_IN_USE',
    `Port ${port} on ${host} is in use by another program. Stop that program, or set ${setting} to another port.`,
  )
}

function isTaken({ host, port }: Listener): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => {
      if ('code' in error && error.code === 'EADDRINUSE') resolve(true)
      else reject(error)
    })
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(false)))
  })
}
