import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ClientKey, clientKeyOf, generateClientKey } from '../keys/client-key.ts'
import { createExclusively } from './exclusive-file.ts'

const FILE = 'demo-client-key.json'

/**
 * The key that the demo MCP server signs in with: made once and kept in the data folder, readable by its user alone.
 *
 * @throws when the file in the folder is not what this wrote
 */
export async function demoClientKey(dataDir: string): Promise<ClientKey> {
  const path = join(dataDir, FILE)
  await mkdir(dataDir, { recursive: true })
  const fresh = await generateClientKey()
  if (await createExclusively(path, `${JSON.stringify(fresh.privateJwk, null, 2)}\n`)) return fresh
  try {
    return clientKeyOf(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw new Error(`${path} does not hold the demo's key: ${String(error)}. Delete it, and the next start makes one.`)
  }
}
