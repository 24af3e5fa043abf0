import { describe, expect, it } from 'vitest'
import { runKept } from '../setup/kept-console.ts'

const TARGET = 'https://mcp.example/mcp'
const FORM = ['--login', 'form:alice', '--as', 'https://as.example']
const FILES = { 'empty.json': '{}', 'broken.json': '{', 'client.json': '{"client_id":"c"}' }

describe('what the command line refuses of a sign-in', () => {
  it.each([
    ['an unknown way', ['--login', 'carrier-pigeon'], /form:<name>, browser or device/],
    ['a form without the issuer that may have the password', ['--login', 'form:alice'], /--as <issuer>/],
    ['an issuer with a query', ['--login', 'browser', '--as', 'https://as.example/?a=1'], /without query/],
    ['an issuer for nothing', ['--as', 'https://as.example'], /add --login/],
    ['another resource for nothing', ['--other-resource', 'https://b.example'], /add --login/],
    ['a sign-in beside a token', [...FORM, '--token', 'x'], /either --login, or a token/],
    ['a sign-in for a server that trusts the examiner', [...FORM, '--issuer-port', '9999'], /leave out --start/],
    ['a password that is not set', [...FORM, '--password-env', 'MISSING'], /MISSING is not set/],
    ['two passwords', [...FORM, '--password-env', 'PW', '--password-file', 'f'], /either --password-env/],
    ['a password for a browser', ['--login', 'browser', '--password-env', 'PW'], /the person types it/],
    ['a file that is not there', [...FORM, '--password-file', 'nowhere'], /nowhere cannot be read/],
    ['a client without an id', [...FORM, '--client', 'empty.json'], /no client_id/],
    ['a client that is no JSON', [...FORM, '--client', 'broken.json'], /no JSON/],
    ['an exchange for nothing', [...FORM, '--exchange-client', 'client.json'], /and resource/],
    ['another resource that is this one', [...FORM, '--other-resource', `${TARGET}/`], /name another server/],
    [
      'another resource that is its origin',
      [...FORM, '--other-resource', 'https://mcp.example'],
      /name another server/,
    ],
  ])('%s: exit code 2 and a sentence', async (_, args, sentence) => {
    const environment = { PW: 'p', XDG_CONFIG_HOME: 'no-such-folder' }
    const { exitCode, err } = await runKept(['server', TARGET, ...args], { environment, files: FILES })
    expect(exitCode).toBe(2)
    expect(err.join('\n')).toMatch(sentence)
  })
})
