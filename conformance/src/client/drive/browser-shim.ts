import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** What programs open a page by on one system or another. */
const NAMES = ['browser', 'xdg-open', 'open', 'x-www-browser', 'www-browser', 'sensible-browser']
/** Pages of an authorization server lead to the redirect URI in one step here; more is a client that redirects in circles. */
const MAX_STEPS = 10

export interface BrowserShim {
  /** Variables that make a client open its pages here. */
  readonly env: Readonly<Record<string, string>>
  /** What it was given to open so far. */
  opened(): Promise<readonly string[]>
}

/**
 * Writes a browser without a window: a program that notes what it was given, and follows redirects as long as they stay on this machine.
 * @param folder a folder of this run alone
 */
export async function createBrowserShim(folder: string): Promise<BrowserShim> {
  const bin = join(folder, 'bin')
  const notes = join(folder, 'opened.txt')
  await mkdir(bin, { recursive: true })
  await writeFile(join(folder, 'browser.mjs'), programText(notes))
  const { files, main } = launchers(bin, join(folder, 'browser.mjs'))
  for (const [path, text] of files) {
    await writeFile(path, text)
    await chmod(path, 0o755)
  }
  return {
    env: { BROWSER: main, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
    async opened() {
      try {
        const lines = (await readFile(notes, 'utf8')).split('\n')
        return lines.filter((line) => line !== '').map((line) => String(JSON.parse(line)))
      } catch {
        // Nothing was opened.
        return []
      }
    },
  }
}

function launchers(
  bin: string,
  program: string,
): { readonly files: ReadonlyMap<string, string>; readonly main: string } {
  const node = process.execPath
  if (process.platform === 'win32') {
    const main = join(bin, 'browser.cmd')
    return { files: new Map([[main, `@"${node}" "${program}" %*\r\n`]]), main }
  }
  const text = `#!/bin/sh\nexec '${node}' '${program}' "$@"\n`
  return { files: new Map(NAMES.map((name) => [join(bin, name), text])), main: join(bin, 'browser') }
}

function programText(notes: string): string {
  return `import { appendFileSync } from 'node:fs'

const [given = ''] = process.argv.slice(2)
appendFileSync(${JSON.stringify(notes)}, JSON.stringify(given) + '\\n')
let url = given
for (let step = 0; step < ${MAX_STEPS} && isHere(url); step += 1) {
  const answer = await fetch(url, { redirect: 'manual' })
  const location = answer.headers.get('location')
  if (location === null) break
  url = new URL(location, url).href
}

function isHere(text) {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.'))
}
`
}
