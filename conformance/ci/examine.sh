#!/usr/bin/env bash
# Runs the examiner by what the environment says: the one script behind the GitHub Action and the GitLab job.
set -euo pipefail

package=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
reports=${EXAMINE_REPORTS:-examine-reports}
mkdir -p "$reports"

if [ -n "${EXAMINE_TARGETS:-}" ]; then
  args=(server --targets "$EXAMINE_TARGETS")
else
  args=(server "${EXAMINE_URL:?the URL of the MCP endpoint, or EXAMINE_TARGETS: a file of many}")
fi
args+=(--json "$reports/report.json" --junit "$reports/report.junit.xml")
args+=(--sarif "$reports/report.sarif" --html "$reports/report.html" --badge "$reports/badge.json")

add() { if [ -n "$2" ]; then args+=("$1" "$2"); fi; }
add --start "${EXAMINE_START:-}"
add --issuer-port "${EXAMINE_ISSUER_PORT:-}"
add --ca "${EXAMINE_CA:-}"
add --audience "${EXAMINE_AUDIENCE:-}"
add --spec "${EXAMINE_SPEC:-}"
add --only "${EXAMINE_ONLY:-}"
add --skip "${EXAMINE_SKIP:-}"
add --baseline "${EXAMINE_BASELINE:-}"
add --fail-on "${EXAMINE_FAIL_ON:-}"
while IFS= read -r line; do add --env "$line"; done <<<"${EXAMINE_ENV:-}"
# By name: an argument is seen by every process of the machine. A file of targets says itself whose token it is.
if [ -n "${EXAMINE_TOKEN:-}" ] && [ -z "${EXAMINE_TARGETS:-}" ]; then args+=(--token-env EXAMINE_TOKEN); fi
if [ "${EXAMINE_REDACT_TARGET:-}" = true ]; then args+=(--redact-target); fi

# A clone runs its sources, whatever was built there before; a tarball has none.
if [ -d "$package/src" ]; then set -- --conditions=@sallyport/source; else set --; fi
exec node "$@" "$package/bin/sallyport-examine.js" "${args[@]}"
