/** The style sheet of the HTML report. Pairs of colours have a contrast of 4.5 or more in both schemes. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #ffffff; --card: #f5f7f9; --line: #c9d1d9; --link: #0550ae;
  --fail: #a40e26; --warn: #7a4d00; --incomplete: #6639ba; --pass: #116329; --not-applicable: #57606a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #a2abb5; --paper: #0f1317; --card: #181e24; --line: #3a444e;
  --link: #79b8ff; --fail: #ff8a8f; --warn: #e9b44c; --incomplete: #c6a6ff; --pass: #6fd58a; --not-applicable: #a2abb5; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: .95rem; margin: 1rem 0 .25rem; }
h4 { font-size: .9rem; margin: .75rem 0 .25rem; }
a { color: var(--link); overflow-wrap: anywhere; }
.soft { color: var(--soft); margin: 0; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; padding: 0; margin: 1rem 0 0; }
.counts li { border: 1px solid var(--line); border-radius: .4rem; background: var(--card); padding: .25rem .75rem; }
.counts strong { font-size: 1.15rem; }
details { border: 1px solid var(--line); border-left: .3rem solid var(--tone); border-radius: .4rem; background: var(--card); margin: .5rem 0; }
summary { cursor: pointer; padding: .5rem .75rem; }
summary:focus-visible, a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.inner { padding: 0 .75rem .75rem; overflow-wrap: anywhere; }
.tone { color: var(--tone); font-weight: 700; }
.fail { --tone: var(--fail); } .warn { --tone: var(--warn); } .incomplete { --tone: var(--incomplete); }
.pass { --tone: var(--pass); } .not-applicable { --tone: var(--not-applicable); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem .75rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--paper); border: 1px solid var(--line); border-radius: .3rem;
  padding: .5rem; margin: .25rem 0; font: .85rem/1.45 ui-monospace, monospace; }
main:has(.scroll) { max-width: 84rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; margin: 1rem 0 0; }
.scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem; }
tbody th, td { border-top: 1px solid var(--line); }
thead th { min-width: 7rem; max-width: 16rem; overflow-wrap: anywhere; background: var(--card); }
tbody th strong { white-space: nowrap; }
thead th:first-child { min-width: 8.5rem; }
thead .soft { display: block; font-weight: 400; }
tbody th { font-weight: 400; min-width: 22rem; max-width: 36rem; background: var(--card); }
td { white-space: nowrap; }
td a { color: var(--tone); font-weight: 700; }
.target { border-top: 2px solid var(--line); margin-top: 3rem; }
.target h2 { font-size: 1.35rem; overflow-wrap: anywhere; margin-bottom: .25rem; }
.target p { overflow-wrap: anywhere; }
.unreachable { --tone: var(--incomplete); }
tbody th, thead th:first-child { position: sticky; left: 0; }
@media (max-width: 36rem) { tbody th { min-width: 0; } tbody th span { display: none; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #333; --paper: #fff; --card: #fff; --line: #999; --link: #000;
    --fail: #8b0018; --warn: #5c3a00; --incomplete: #4b2a90; --pass: #0b4a1e; --not-applicable: #333; }
  details::details-content { content-visibility: visible; display: block; }
  .scroll { overflow: visible; } details { break-inside: avoid-page; } main { max-width: none; padding: 0; }
}`
