// A small server as a program of its own: PORT and ISSUER come from the environment. With CHILD it starts itself again, as
// a package runner would, and the one that answers is not the one that was started.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'

const { PORT, CHILD, ISSUER = '' } = process.env
if (CHILD === '1') {
  spawn(process.execPath, [process.argv[1] ?? ''], { env: { ...process.env, CHILD: '0' }, stdio: 'inherit' })
} else {
  const server = createServer((_, response) => {
    response.writeHead(401, { 'x-issuer': ISSUER }).end()
  })
  server.listen(Number(PORT), '127.0.0.1')
  // As servers do that finish what they have begun.
  process.on('SIGTERM', () => undefined)
}
