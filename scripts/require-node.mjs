// Fails early, in words, where an older Node would fail late with a stack trace.
const needed = [24, 7]
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  process.stderr.write(
    `Sallyport needs Node ${needed.join('.')} or newer and this is ${process.versions.node}.\n` +
      'The repository brings its own: run "npm ci" (with install scripts allowed for the package "node"),\n' +
      'then start everything through "npm start", "npm test" or "npm run …".\n',
  )
  process.exit(2)
}
