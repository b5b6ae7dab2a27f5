/** One calm column, in both colour schemes. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 26rem; margin: 12vh auto; padding: 0 1.5rem; }
label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
input { padding: .6rem; margin: .3rem 0; }
button { margin-top: 1rem; padding: .7rem; cursor: pointer; }
.hint { font-size: .875rem; opacity: .8; margin: .3rem 0 0; }
.failed { color: light-dark(#b00020, #ff8a80); }
.done { color: light-dark(#1b5e20, #a5d6a7); }
`
