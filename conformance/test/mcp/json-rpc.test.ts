import { describe, expect, it } from 'vitest'
import { isAccepted, readRpc } from '../../src/mcp/json-rpc.ts'
import type { WireAnswer } from '../../src/wire/message.ts'

const answer = (body: string, type = 'application/json', status = 200): WireAnswer => ({
  status,
  headers: [['content-type', type]],
  body,
  truncated: false,
})

describe('acceptance of a credential', () => {
  it('is a result in a 2xx answer', () => {
    expect(isAccepted(answer('{"jsonrpc":"2.0","id":1,"result":{}}'))).toBe(true)
  })

  it.each([
    ['an error in a 200', answer('{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"who?"}}')],
    ['a result in a 401', answer('{"jsonrpc":"2.0","id":1,"result":{}}', 'application/json', 401)],
    ['a page that says 200', answer('<!doctype html>', 'text/html')],
    ['an empty 200', answer('')],
    ['a result that is no object', answer('{"jsonrpc":"2.0","id":1,"result":true}')],
  ])('is not %s', (_, given) => {
    expect(isAccepted(given)).toBe(false)
  })

  it('is found behind a notification in the same stream, and in data of several lines', () => {
    const stream =
      'data: {"jsonrpc":"2.0","method":"notifications/message"}\n\nid: 2\ndata: {"jsonrpc":"2.0",\ndata: "id":1,"result":{}}\n\n'
    expect(readRpc(answer(stream, 'text/event-stream; charset=utf-8'))).toEqual({ kind: 'result', result: {} })
  })
})
