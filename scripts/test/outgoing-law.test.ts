import { describe, expect, it } from 'vitest'
import { judgeOutgoing } from '../outgoing-law.ts'

const judge = (text: string, path = 'server/src/provider/clients.ts') =>
  judgeOutgoing(path, `${text}\n`).map(({ law, line, message }) => `${law}:${line} ${message.split(' reaches')[0]}`)

describe('the law of outgoing requests', () => {
  it.each([
    { text: "import { Client } from 'undici'", what: 'Client of undici' },
    { text: "import type { Dispatcher } from 'undici'", what: 'Dispatcher of undici' },
    { text: "import undici from 'undici/index.js'", what: 'undici/index.js' },
    { text: "import { createServer, request } from 'node:http'", what: 'request of node:http' },
    { text: "import { get as read } from 'node:http'", what: 'get of node:http' },
    { text: "import http from 'node:http'", what: 'node:http' },
    { text: "import * as http from 'node:http'", what: 'node:http' },
    { text: "import { request } from 'node:https'", what: 'request of node:https' },
    { text: "import { request } from 'https'", what: 'request of https' },
    { text: "import { connect } from 'node:net'", what: 'connect of node:net' },
    { text: "import { isIP, Socket } from 'node:net'", what: 'Socket of node:net' },
    { text: "import { connect } from 'node:tls'", what: 'connect of node:tls' },
    { text: "import { lookup } from 'node:dns/promises'", what: 'lookup of node:dns/promises' },
    { text: "const http = await import('node:http')", what: 'node:http' },
    { text: "const answer = await fetch('https://a.example')", what: 'global fetch' },
    { text: 'const send = globalThis.fetch', what: 'global fetch' },
    { text: "const socket = new WebSocket('wss://a.example')", what: 'global WebSocket' },
  ])('refuses $text', ({ text, what }) => {
    expect(judge(text)).toEqual([`outgoing:1 ${what}`])
    expect(judge(text, 'server/src/cli/doctor.ts')).toEqual([`outgoing:1 ${what}`])
  })

  it('says the line, and sees the second import of a module behind a harmless first', () => {
    const text = "import { createServer } from 'node:http'\nconst late = import('node:http')"
    expect(judge(text)).toEqual(['outgoing:1 node:http', 'outgoing:2 node:http'])
  })

  it.each([
    "import { createServer, type IncomingMessage } from 'node:http'",
    "import { isIP } from 'node:net'",
    "import {\n  BlockList,\n  isIP,\n} from 'node:net'",
    '// fetch(url) is not for here',
    'const outcome = await egress.get(url, request)',
    'return { fetch: async (url) => guarded.fetch(url) }',
    'const prefetch = (id) => prefetch(id)',
  ])('allows %j', (text) => {
    expect(judge(text)).toEqual([])
  })

  it('leaves out the one folder that speaks to others, and the fetch of programs of the demo', () => {
    const text = "import { Client } from 'undici'\nconst answer = await fetch(url)"
    expect(judge(text, 'server/src/egress/send.ts')).toEqual([])
    expect(judge(text, 'server/src/dev/demo-server.ts')).toEqual(['outgoing:1 Client of undici'])
    expect(judge(text, 'server/test/egress/send.test.ts')).toEqual([])
    expect(judge(text, 'resources/kit/src/keys.ts')).toEqual([])
  })
})
