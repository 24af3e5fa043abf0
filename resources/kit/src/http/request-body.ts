/** What the MCP SDKs take as well; a larger call would be refused behind the guard anyway. */
export const MAX_BODY_BYTES = 4_194_304

/** `server/discover` has no arguments to speak of; before a token came nobody may make us hold more. */
export const MAX_PUBLIC_BODY_BYTES = 16_384

export type RequestBody =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer>; readonly text: string }
  | { readonly ok: false; readonly reason: 'too-large' | 'not-utf-8' }

/**
 * Reads a body into memory, so that it can be judged and then handed on. Compressed bodies are not unpacked: they are
 * no JSON here, and are refused as such.
 *
 * @param request the request; its body is used up
 * @param limit the largest size in bytes
 */
export async function readRequestBody(request: Request, limit: number): Promise<RequestBody> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > limit) return { ok: false, reason: 'too-large' }
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body?.getReader()
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done) break
    size += value.byteLength
    if (size > limit) return { ok: false, reason: 'too-large' }
    chunks.push(value)
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return decode(bytes)
}

function decode(bytes: Uint8Array<ArrayBuffer>): RequestBody {
  try {
    return { ok: true, bytes, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { ok: false, reason: 'not-utf-8' }
  }
}
