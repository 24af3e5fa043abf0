/**
 * The one style sheet. System fonts and plain properties only: approvals open in embedded browsers of any age.
 * Sizes: buttons 44 px, other targets 24 px or more, focus 3 px; columns fold at 320 px; meaning never by colour alone.
 * The colours of the first block are the theme, in light and dark.
 */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --ground: #f3f5f8; --surface: #fff; --ink: #1b1f24; --muted: #57606a; --line: #d0d7de; --control: #6e7781;
  --accent: #0550ae; --accept: #0550ae; --refuse: #424a53; --warning: #8a5a00; --warning-ground: #fff8c5;
  --good: #1a7f37; --bad: #cf222e; --bad-ground: #ffebe9; --far: #7a3fc0; --gravest: #82071e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1117; --surface: #161b22; --ink: #e6edf3; --muted: #a3adb8; --line: #3d444d; --control: #8b949e;
    --accent: #79b8ff; --accept: #1a63d8; --refuse: #4a525c; --warning: #e3b341; --warning-ground: #2b2410;
    --good: #56d364; --bad: #ff8a82; --bad-ground: #35191b; --far: #c9a2ff; --gravest: #a8192f;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; padding: 3rem 1rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere; text-size-adjust: 100%;
}
.page {
  max-width: 36rem; margin-inline: auto; padding: 2rem;
  background: var(--surface); border: 1px solid var(--line); border-radius: 12px;
}
h1 { margin: .75rem 0 1.25rem; font-size: 1.4rem; font-weight: 600; line-height: 1.3; }
h2 { margin: 2rem 0 .75rem; font-size: 1.15rem; font-weight: 600; }
h3 { margin: 0; font-size: 1rem; }
.question { font-weight: 400; }
.app { margin-bottom: 1.25rem; padding: .75rem; border: 1px solid var(--line); border-radius: 8px; }
.server { margin: .75rem 0; }
.app form { margin: .25rem 0; }
.permission form { flex: none; margin: 0; }
h1 bdi, p bdi, .name, legend, .permission .title { font-weight: 600; }
p { margin: 0 0 1rem; }
header, footer, .detail, .technical { color: var(--muted); font-size: .875rem; }
header bdi, header .issuer { color: var(--ink); font-weight: 600; }
header > :not(:last-child)::after { content: "\\a0·"; color: var(--muted); font-weight: 400; }
footer { margin-top: 1.5rem; }
code, .address bdi { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .9em; }
.detail { display: block; }
dl, dd, ul, fieldset { margin: 0; padding: 0; }
.facts { display: grid; gap: .75rem; margin-bottom: 1.25rem; }
.facts > div { display: grid; grid-template-columns: 9.5rem 1fr; gap: 0 1rem; }
dt { color: var(--muted); }
.detail code, .facts code { color: var(--ink); }
.verified-domain { color: var(--good); }
.verified-domain bdi { font-size: 1rem; font-weight: 600; }
.unverified { color: var(--warning); }
.notice { margin-bottom: 1.25rem; padding: .75rem 1rem; border-inline-start: 4px solid; }
.notice p { margin: 0; color: var(--ink); }
.changes { margin: .25rem 0; padding-inline-start: 1.25rem; }
.changes bdi { font-weight: 600; }
.notice-warning { border-color: var(--warning); background: var(--warning-ground); }
.notice-error { border-color: var(--bad); background: var(--bad-ground); font-weight: 600; }
fieldset { min-width: 0; margin-bottom: 1.25rem; padding: .5rem .75rem .75rem; border: 1px solid var(--line); border-radius: 8px; }
legend { padding-inline: .25rem; }
.count { font-weight: 400; color: var(--muted); }
.permissions { list-style: none; }
.permission {
  position: relative; display: flex; align-items: center; gap: .875rem; padding: .5rem .25rem .5rem .75rem;
  border-inline-start: 4px solid var(--class);
}
.permission + .permission { margin-top: .25rem; }
.permission div { flex: 1; display: flex; flex-wrap: wrap; align-items: center; gap: .125rem .75rem; }
.permission .title { flex: 1 1 9rem; }
.permission .detail { flex: 1 0 100%; }
.permission label::after { content: ""; position: absolute; inset: 0; }
.permission input { position: relative; z-index: 1; }
.item { display: block; }
.badge {
  padding: 0 .6rem; border: 1px solid var(--class); border-radius: 1rem;
  color: var(--class); font-size: .8125rem; font-weight: 600; 
}
.badge::first-letter { text-transform: uppercase; }
.class-discovery { --class: var(--muted); }
.class-read { --class: var(--good); }
.class-write { --class: var(--warning); }
.class-external-network { --class: var(--far); }
.class-destructive { --class: var(--bad); }
.class-admin { --class: var(--gravest); }
.class-admin .badge { background: var(--gravest); color: #fff; }
.end:not(.preselected) { display: none; }
form:has([name=duration]:checked) .end { display: none; }
form:has([name=duration][value=once]:checked) .end.if-once,
form:has([name=duration][value=session]:checked) .end.if-session,
form:has([name=duration][value=until_revoked]:checked) .end.if-until_revoked { display: block; }
input[type=checkbox], input[type=radio] { flex: none; width: 1.5rem; height: 1.5rem; margin: 0; accent-color: var(--accept); }
.choice { display: flex; align-items: center; gap: .75rem; min-height: 2.5rem; padding-inline: .25rem; }
form > label { display: block; margin-bottom: .25rem; font-weight: 600; }
.text {
  width: 100%; min-height: 2.75rem; margin-bottom: 1rem; padding: .5rem .75rem; font: inherit;
  color: var(--ink); background: var(--surface); border: 1px solid var(--control); border-radius: 8px;
}
.text[aria-invalid] { border: 2px solid var(--bad); }
.buttons { display: grid; grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr)); gap: .75rem; margin: 1.25rem 0 .5rem; }
.accept, .refuse {
  display: grid; place-items: center; min-height: 2.75rem; padding: .5rem; border: 2px solid transparent;
  border-radius: 8px; color: #fff; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
}
.accept { background: var(--accept); }
.refuse { background: var(--refuse); }
.accept:hover, .refuse:hover { text-decoration: underline; }
.link {
  min-height: 1.5rem; padding: 0; border: 0; background: none; color: var(--accent);
  font: inherit; text-decoration: underline; cursor: pointer;
}
a.link { display: inline-block; }
details { margin-bottom: .75rem; }
main > :last-child { margin-bottom: 0; }
summary { padding: .375rem 0; cursor: pointer; }
.technical { margin-top: .25rem; }
.technical dd { margin-bottom: .5rem; color: var(--ink); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (prefers-reduced-motion: no-preference) {
  .accept, .refuse { transition: filter .12s; }
  .accept:hover, .refuse:hover { filter: brightness(1.1); }
}
@media (max-width: 36rem) {
  body { padding: 0; background: var(--surface); }
  .page { padding: 1.25rem 1rem; border: 0; border-radius: 0; }
  .facts > div { grid-template-columns: 1fr; }
}
`
