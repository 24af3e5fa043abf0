import { domainToASCII, domainToUnicode } from 'node:url'
import { looksLatin, mixesScripts, scriptsOf } from './look-alikes.ts'

const LABEL = /^[\p{L}\p{M}\p{Nd}-]+$/u
const ASCII = /^[\x21-\x7e]+$/
/** A name that runs the other way would turn round what stands beside it. */
const RIGHT_TO_LEFT = ['Hebrew', 'Arabic', 'Thaana']

/**
 * A host as people are shown it: as it is in addresses, which is ASCII, and where that is punycode how it reads, if that
 * cannot pass for another host. Labels that hold Latin letters beside others, or look like Latin ones, stay punycode alone.
 * @param host of a URL, as parsers write it, with its port where it has one
 * @see RFC 5891 §4.4; UTS #39 §5.2
 */
export function displayHost(host: string): string {
  const [, name = '', port = ''] = /^(.*?)(:\d+)?$/.exec(host) ?? []
  const reading = domainToUnicode(name)
  const isHarmless = reading !== name && domainToASCII(reading) === name && reading.split('.').every(isHarmlessLabel)
  return isHarmless ? `${host} (${reading}${port})` : host
}

function isHarmlessLabel(label: string): boolean {
  if (ASCII.test(label)) return true
  const scripts = scriptsOf(label)
  if (!LABEL.test(label) || scripts.size === 0 || scripts.has('Latin')) return false
  if (RIGHT_TO_LEFT.some((script) => scripts.has(script))) return false
  return !mixesScripts(label) && !looksLatin(label)
}
