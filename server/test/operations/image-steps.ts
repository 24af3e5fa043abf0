import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { isInContext } from './docker-context.ts'
import { type Instruction, parseCopy, type Stage, stageOf } from './dockerfile.ts'

const run = promisify(execFile)

/** What an image is built from, and where. */
export interface ImageBuild {
  readonly stages: readonly Stage[]
  /** Absolute root of the repository. */
  readonly root: string
  /** Files of the repository, from its root. */
  readonly files: readonly string[]
  /** Text of .dockerignore. */
  readonly ignore: string
  /** Absolute; each stage's root file system is a folder in it. */
  readonly folder: string
  /** Stands in for a RUN of a stage: true when it did. */
  instead?(stage: string, command: string, workdir: string): Promise<boolean>
}

/** npm's first start on a machine downloads everything. */
const RUN_TIMEOUT_MS = 600_000

/**
 * Does what the Dockerfile says up to a stage, in folders instead of containers: the same files at the same places, run by
 * this machine's Node. What a folder cannot show (users, labels, the base image) is not part of it.
 * @returns absolute folder of the stage's root file system
 */
export async function buildStage(build: ImageBuild, name: string, done = new Set<string>()): Promise<string> {
  const stage = stageOf(build.stages, name)
  const rootFs = join(build.folder, name)
  if (done.has(name)) return rootFs
  done.add(name)
  await mkdir(rootFs, { recursive: true })
  const isStage = build.stages.some((other) => other.name === stage.from)
  if (isStage) await copyTree(await buildStage(build, stage.from, done), rootFs)
  let workdir = isStage ? '/app' : '/'
  for (const instruction of stage.instructions) {
    if (instruction.name === 'WORKDIR') workdir = instruction.text
    await mkdir(join(rootFs, workdir), { recursive: true })
    await doInstruction(build, { instruction, stage: name, rootFs, workdir, done })
  }
  return rootFs
}

interface Step {
  readonly instruction: Instruction
  readonly stage: string
  readonly rootFs: string
  readonly workdir: string
  readonly done: Set<string>
}

async function doInstruction(build: ImageBuild, { instruction, stage, rootFs, workdir, done }: Step): Promise<void> {
  const inside = join(rootFs, workdir)
  if (instruction.name === 'RUN') {
    if (await build.instead?.(stage, instruction.text, inside)) return
    await run('sh', ['-c', instruction.text], { cwd: inside, timeout: RUN_TIMEOUT_MS, env: environment() })
  }
  if (instruction.name !== 'COPY') return
  const { fromStage, sources, target } = parseCopy(instruction.text)
  const to = target.startsWith('/') ? join(rootFs, target) : join(inside, target)
  if (fromStage !== undefined) {
    const from = await buildStage(build, fromStage, done)
    for (const source of sources) await copyTree(join(from, source), to)
    return
  }
  for (const source of sources) await copyContext(build, source, to)
}

/** Files go into the folder, the content of folders too. */
async function copyContext({ root, files, ignore }: ImageBuild, source: string, to: string): Promise<void> {
  const folder = source.replace(/\/$/, '')
  const included = files.filter(
    (path) => (path === folder || path.startsWith(`${folder}/`)) && isInContext(ignore, path),
  )
  if (included.length === 0) throw new Error(`COPY ${source}: nothing of it is in the context`)
  for (const path of included) {
    const place = join(to, path === folder ? basename(path) : path.slice(folder.length + 1))
    await mkdir(dirname(place), { recursive: true })
    await cp(join(root, path), place)
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true })
}

/** Where packages come from, and whom to believe on the way, is a property of the machine. */
const FOR_NPM = /^npm_config_(?:registry|cafile|cache|proxy|https_proxy|noproxy)$/i

/** The environment of a build: this machine's, without what the tests and the npm that runs them put into it. */
function environment(): NodeJS.ProcessEnv {
  const foreign = /^(?:npm_|NODE_(?:ENV|OPTIONS|PATH|V8_COVERAGE)|VITEST|SALLYPORT_|DATABASE_URL|INIT_CWD)/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name) || FOR_NPM.test(name)))
}

/** Takes everybody's right to write away, folders included. */
export async function makeReadOnly(path: string): Promise<void> {
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const place = join(entry.parentPath, entry.name)
    await chmod(place, (await stat(place)).mode & 0o555)
  }
  await chmod(path, 0o555)
}
