/** The style sheet of the page at `/api/docs`. */
export const docsStyle = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --soft: color-mix(in srgb, currentColor 6%, transparent); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem; font: 15px/1.5 system-ui, sans-serif; }
h1 small, h4 small { font-weight: normal; opacity: .7; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
h3 b, nav b { display: inline-block; min-width: 3.2em; font-size: .8em; }
nav { display: grid; grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)); gap: .1rem 1rem; font-family: ui-monospace, monospace; font-size: 13px; }
nav a { color: inherit; text-decoration: none; }
nav a:hover { text-decoration: underline; }
section { margin: 1.5rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
h4 { margin: .8rem 0 .2rem; }
details { margin: .2rem 0; }
summary { cursor: pointer; font-family: ui-monospace, monospace; font-size: 13px; }
pre { margin: .3rem 0; padding: .7rem; overflow: auto; background: var(--soft); border-radius: 6px; font-size: 12.5px; }
`
