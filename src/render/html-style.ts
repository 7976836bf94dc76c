import { GRAPH_STYLE } from "./graph-svg.ts";

/** Contrasts are at least 4.5 to 1 (WCAG AA) in light and dark; no meaning is in a colour alone. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--back:#fff;--front:#1f2328;--quiet:#59636e;--line:#d1d9e0;--soft:#f6f8fa;--add:#116329;--change:#7d4e00;--loss:#a40e26;--focus:#0969da;--alarm:#ffebe9}
@media (prefers-color-scheme:dark){:root{--back:#0d1117;--front:#e6edf3;--quiet:#9198a1;--line:#3d444d;--soft:#161b22;--add:#56d364;--change:#e3b341;--loss:#ff7b72;--focus:#58a6ff;--alarm:#2d1214}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--back);color:var(--front);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
h1{font-size:1.6rem;line-height:1.25;margin:.2rem 0}
h2{font-size:1.2rem;margin:2rem 0 .5rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1rem 0 .25rem}
p{margin:.4rem 0}
ul{margin:.25rem 0;padding-left:1.4rem}
ul.plain{list-style:none;padding-left:0}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.875em;overflow-wrap:anywhere}
pre{margin:.4rem 0;padding:.6rem .75rem;background:var(--soft);border:1px solid var(--line);border-radius:6px;white-space:pre-wrap}
a{color:var(--focus)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.skip{position:absolute;left:-100vw}
.skip:focus{position:static}
.verdict{font-size:1.15rem;font-weight:600}
.quiet,.hint{color:var(--quiet)}
.alarm{padding:.75rem 1rem;background:var(--alarm);border:1px solid var(--loss);border-left-width:6px;border-radius:6px;font-weight:600}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0}
form{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1rem;margin:.75rem 0}
form[hidden],[data-entry][hidden]{display:none}
input[type=search]{font:inherit;min-width:18rem;padding:.35rem .6rem;color:inherit;background:var(--back);border:1px solid var(--quiet);border-radius:6px}
fieldset{display:flex;flex-wrap:wrap;gap:.75rem;margin:0;padding:0;border:0}
legend{float:left;padding:0;margin-right:.75rem}
button{font:inherit;padding:.35rem .75rem;color:inherit;background:var(--soft);border:1px solid var(--quiet);border-radius:6px;cursor:pointer}
details.change{margin:.4rem 0;border:1px solid var(--line);border-left:4px solid var(--quiet);border-radius:6px}
details.change>summary{padding:.5rem .75rem;cursor:pointer}
details.change>:not(summary){margin:.25rem .75rem .75rem}
.create,.move{border-left-color:var(--add)!important}
.update{border-left-color:var(--change)!important}
.delete,.replace{border-left-color:var(--loss)!important}
.sign{display:inline-block;min-width:2.2em;font-weight:700;font-family:ui-monospace,Menlo,Consolas,monospace}
.create .sign,.move .sign,.add{color:var(--add)}
.update .sign,.alter{color:var(--change)}
.delete .sign,.replace .sign,.loss{color:var(--loss)}
.why{display:block;margin-left:2.4em;color:var(--quiet);font-size:.9rem}
.exposed{font-weight:700;color:var(--loss)}
figure{margin:.5rem 0}
.scroll{overflow-x:auto;padding:.5rem;border:1px solid var(--line);border-radius:6px}
figcaption{color:var(--quiet);font-size:.9rem}
footer{margin-top:2rem;padding-top:.75rem;border-top:1px solid var(--line)}
@media print{form,nav,.skip{display:none}}
${GRAPH_STYLE}`.trim();
