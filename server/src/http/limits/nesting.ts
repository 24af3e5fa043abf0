const [QUOTE, BACKSLASH] = [0x22, 0x5c]
const OPENING = new Set([0x5b, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])

/** How deep lists and objects of a JSON text lie in each other, whether it can be parsed or not. */
export function nestingOf(json: Uint8Array): number {
  let [depth, deepest, inText] = [0, 0, false]
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0
    if (byte === BACKSLASH && inText) at += 1
    else if (byte === QUOTE) inText = !inText
    else if (inText) continue
    else if (OPENING.has(byte)) deepest = Math.max(deepest, ++depth)
    else if (CLOSING.has(byte)) depth -= 1
  }
  return deepest
}
