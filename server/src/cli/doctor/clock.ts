import { type Finding, fail, ok, warn } from './finding.ts'

// Date headers count whole seconds and answers travel; what is below this is no finding.
const UNREMARKABLE_MS = 3_000
// A minute is the life of a code and the tolerance of most verifiers: beyond it tokens are refused.
const HARMFUL_MS = 60_000

/**
 * Judges how far another clock is from that of this process.
 * @param whose for the sentence
 * @param offsetMs positive when the other clock is ahead
 */
export function judgeOffset(whose: string, offsetMs: number): Finding {
  const distance = Math.abs(offsetMs)
  const seconds = (distance / 1000).toFixed(1)
  if (distance < UNREMARKABLE_MS) return ok('clock', `this clock and that of ${whose} agree`)
  const detail = `the clock of ${whose} is ${seconds} s ${offsetMs > 0 ? 'ahead of' : 'behind'} this one`
  const remedy = 'Keep both by NTP (chrony, systemd-timesyncd); in containers the host is what counts.'
  return distance < HARMFUL_MS ? warn('clock', detail, remedy) : fail('clock', detail, remedy)
}
