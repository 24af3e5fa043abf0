import { appendFile, readFile, rename, writeFile } from 'node:fs/promises'
import type { Console } from './cli/console.ts'
import { runCommandLine } from './cli/program.ts'
import { proveWritable } from './cli/writable.ts'

/** What a shell makes of a signal. */
const INTERRUPTED = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

const ends = new Set<() => void>()
for (const [signal, exitCode] of Object.entries(INTERRUPTED)) {
  process.once(signal, () => {
    for (const end of ends) end()
    process.exit(exitCode)
  })
}

const console: Console = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  environment: process.env,
  readFile: (path) => readFile(path, 'utf8'),
  writeFile: (path, text) => writeFile(path, text),
  proveWritable,
  async replaceFile(path, text) {
    const beside = `${path}.part`
    await writeFile(beside, text)
    await rename(beside, path)
  },
  appendFile: (path, text) => appendFile(path, text),
  stream: process.stdout,
  onInterrupt: (end) => {
    ends.add(end)
    return () => ends.delete(end)
  },
}

process.exitCode = await runCommandLine(process.argv.slice(2), console)
