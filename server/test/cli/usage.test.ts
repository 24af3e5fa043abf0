import { describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { processTerminal } from '../../src/cli/terminal.ts'
import { run } from './fake-terminal.ts'

const LEAVES = [
  'dev',
  'serve',
  'init',
  'migrate',
  'check-config',
  'doctor',
  'user add',
  'user list',
  'user passwd',
  'user disable',
  'passkeys list',
  'passkeys remove',
  'client add',
  'client list',
  'client remove',
  'resource add',
  'resource list',
  'resource remove',
  'grants list',
  'grants revoke',
  'keys list',
  'keys rotate',
  'keys rewrap',
  'cleanup',
]

describe('help', () => {
  it.each(['', 'user', 'passkeys', 'client', 'resource', 'grants', ...LEAVES])(
    'of "sallyport %s" begins with examples and ends with exit codes',
    async (path) => {
      const { code, stdout } = await run([...path.split(' ').filter(Boolean), '--help'])
      expect(code).toBe(0)
      expect(stdout).toMatch(/^Examples:\n {2}\S/)
      expect(stdout.trimEnd()).toMatch(/Exit codes:\n {2}0 {4}done\n {2}1 .*\n {2}2 .*\n {2}4 .*\n {2}130 .*$/)
    },
  )

  it('names every command there is, and the test above reads each of them', () => {
    const program = createProgram({ terminal: processTerminal(), exitCode: 0 }, '1')
    const leaves = program.commands.flatMap((command) =>
      command.commands.length === 0
        ? [command.name()]
        : command.commands.map((leaf) => `${command.name()} ${leaf.name()}`),
    )
    expect(leaves).toEqual(LEAVES)
  })

  it('is a usage error on stderr when a command is missing', async () => {
    const { code, stdout, stderr } = await run(['user'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: sallyport user')
  })

  it('shows the version alone', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: '0.0.0-test\n', stderr: '' })
  })
})

describe('a typing mistake', () => {
  it.each([
    { args: ['srve'], meant: 'Did you mean serve?' },
    { args: ['user', 'ad', 'alice'], meant: 'Did you mean add?' },
    { args: ['client', 'list', '--jsn'], meant: 'Did you mean --json?' },
    { args: ['check-config', '--mode', 'prod'], meant: 'Allowed choices are serve, dev.' },
    { args: ['client', 'add', '--name', 'x'], meant: '--redirect-uri' },
  ])('in $args exits with 2 and says what was meant', async ({ args, meant }) => {
    const { code, stdout, stderr } = await run(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(meant)
    expect(stderr).toContain('SALLYPORT_E_USAGE')
  })
})

describe('a password', () => {
  const SENTINEL = 'hunter2-must-never-be-seen'

  it.each([
    { args: ['user', 'add', 'alice', SENTINEL] },
    { args: ['user', 'add', 'alice', '--password', SENTINEL] },
    { args: ['user', 'add', 'alice', `--password=${SENTINEL}`] },
    { args: ['user', 'add', 'alice', `--passwd=${SENTINEL}`] },
    { args: ['user', 'add', 'alice', `-p${SENTINEL}`] },
    { args: ['user', 'passwd', 'alice', SENTINEL] },
    { args: ['user', 'passwd', 'alice', '--password', SENTINEL] },
    { args: ['client', 'add', '--name', 'x', '--redirect-uri', 'https://a.example/cb', '--secret', SENTINEL] },
    { args: ['client', 'add', '--name', 'x', '--redirect-uri', 'https://a.example/cb', `--confidential=${SENTINEL}`] },
  ])('is never accepted as an argument, and never repeated: $args', async ({ args }) => {
    const { code, stdout, stderr } = await run(args)
    expect(code).toBe(2)
    expect(stdout + stderr).not.toContain(SENTINEL)
  })

  it('explains the ways there are', async () => {
    const { stderr } = await run(['user', 'add', 'alice', '--password', 'x'])
    expect(stderr).toContain('a password is never an argument')
    expect(stderr).toContain('--password-file or --password-stdin')
  })

  it('is not asked for where nobody can answer', async () => {
    const { code, stderr } = await run(['user', 'add', 'alice'])
    expect(code).toBe(2)
    expect(stderr).toContain('there is no terminal')
  })
})
