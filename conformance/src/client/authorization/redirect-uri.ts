import { doubtful, faulty, incomplete, sound } from '../../check/finding.ts'
import { SOUND_WORLD } from '../meet-client.ts'
import type { Scenario } from '../scenario.ts'
import { everywhere } from '../world/record.ts'

export const redirectUri: Scenario = {
  id: 'client-redirect-uri',
  requirement: 'CL-AZ-06',
  title: 'Codes come back over https or to this machine',
  risk: 'Whoever is on the way reads the code.',
  sends: 'Nothing hostile: an authorization.',
  expects: 'A redirect_uri with https, or with http at localhost, 127.0.0.1 or [::1].',
  remedies: { general: 'Listen on 127.0.0.1 with a free port, or use an https address that you serve.' },
  world: SOUND_WORLD,
  judge(visit) {
    const [signIn] = everywhere(visit, 'authorize')
    if (signIn === undefined) return { finding: incomplete('nobody opened its authorization request') }
    const text = signIn.parameters.get('redirect_uri') ?? ''
    if (!URL.canParse(text)) return { finding: faulty('redirect_uri is no URL'), decisive: [signIn] }
    const { protocol, hostname } = new URL(text)
    const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
    if (protocol === 'https:' || (protocol === 'http:' && isHere)) return { finding: sound(`${protocol}//${hostname}`) }
    if (protocol === 'http:') return { finding: faulty(`codes come back over http to ${hostname}`), decisive: [signIn] }
    // Schemes that an application has claimed are what RFC 8252 allows and the words of MCP do not.
    return { finding: doubtful(`codes come back by the scheme ${protocol}`), decisive: [signIn] }
  },
}
