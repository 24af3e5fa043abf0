import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { z } from 'zod'

const manifest = z.object({ bin: z.record(z.string(), z.string()) })

/** The file that the command `name` of an installed package runs. */
export async function fileOfCommand(packageName: string, name: string): Promise<string> {
  const path = createRequire(import.meta.url).resolve(`${packageName}/package.json`)
  const file = manifest.parse(JSON.parse(await readFile(path, 'utf8'))).bin[name]
  if (file === undefined) throw new Error(`${packageName} has no command ${name}`)
  return join(dirname(path), file)
}

// How a program asks for a browser: $BROWSER, or by one of these names.
const OPENERS = ['xdg-open', 'open', 'x-www-browser', 'gio']

/**
 * The environment of a program that somebody just installed, with nothing of our own but the PATH. Its home is the folder, and no
 * browser of the machine opens: the page that it wants is read off what it prints.
 */
export async function homeIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const [home, openers] = [join(folder, 'home'), join(folder, 'openers')]
  await Promise.all([mkdir(home, { recursive: true }), mkdir(openers, { recursive: true })])
  for (const name of OPENERS) {
    await writeFile(join(openers, name), '#!/bin/sh\nexit 0\n')
    await chmod(join(openers, name), 0o755)
  }
  return {
    HOME: home,
    PATH: [openers, process.env.PATH].join(delimiter),
    BROWSER: join(openers, 'xdg-open'),
  }
}

/** The addresses at which a program wants its person, in order, as it prints them; it ends when the program does. */
export async function* addressesIn(output: Readable): AsyncGenerator<string, undefined> {
  for await (const line of createInterface({ input: output })) {
    const address = line.match(/https?:\/\/\S+[?&]response_type=code\S*/)?.[0]
    if (address !== undefined) yield address
  }
}
