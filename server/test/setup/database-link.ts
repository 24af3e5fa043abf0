import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The way from a server to its database, with somebody standing on the cable. */
export interface DatabaseLink {
  readonly databaseUrl: string
  /** Connections break and new ones are refused. */
  cut(): Promise<void>
  /** Connections stay, and nothing comes back any more. */
  stall(): void
  /** The database's side of every connection says that it is done, and still takes what comes. */
  halfClose(): void
  restore(): Promise<void>
  close(): Promise<void>
}

/** Opens a link to the database of that URL. */
export async function openDatabaseLink(databaseUrl: string): Promise<DatabaseLink> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let stalled = false
  const nearEnds = new Set<Socket>()
  const relay = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect(Number(target.port), target.hostname)
    nearEnds.add(near)
    near.on('close', () => nearEnds.delete(near))
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far)
    far.on('data', (data) => {
      if (!stalled && near.writable) near.write(data)
    })
    far.on('end', () => near.end())
  })
  const listen = async (port: number): Promise<number> => {
    relay.listen(port, '127.0.0.1')
    await once(relay, 'listening')
    return (relay.address() as AddressInfo).port
  }
  const port = await listen(0)
  const cut = async (): Promise<void> => {
    const closed = relay.listening ? once(relay, 'close') : undefined
    relay.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const linked = new URL(databaseUrl)
  linked.hostname = '127.0.0.1'
  linked.port = String(port)
  return {
    databaseUrl: linked.href,
    cut,
    stall() {
      stalled = true
    },
    halfClose() {
      for (const near of nearEnds) near.end()
    },
    async restore() {
      stalled = false
      for (const socket of sockets) socket.destroy()
      if (!relay.listening) await listen(port)
    },
    close: cut,
  }
}
