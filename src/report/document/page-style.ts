/** The style of the pages: one column on a phone, light or dark according to the reader's system. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ground: #ffffff; --text: #1b1f24; --muted: #4b535d; --line: #d5dae0;
  --card: #f6f8fa; --accent: #0072b2; --good: #00664b; --bad: #a83c00; }
@media (prefers-color-scheme: dark) { :root { --ground: #15181d; --text: #e8ebef; --muted: #b0b8c2; --line: #3a414b;
  --card: #1c2027; --accent: #56b4e9; --good: #4fd1a5; --bad: #f0a35e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 16px; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; margin: .2em 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
p { margin: .4rem 0; }
a { color: var(--accent); }
pre { overflow-x: auto; background: var(--card); padding: 8px 12px; border-radius: 6px; font-size: .85rem; }
.note, figcaption { color: var(--muted); font-size: .875rem; }
.status { font-weight: 600; padding: .1em .6em; border-radius: 1em; border: 1px solid currentColor; }
.status.done { color: var(--good); } .status.diverged, .status.interrupted { color: var(--bad); }
.warning { border-left: 4px solid var(--bad); background: var(--card); padding: 8px 14px; border-radius: 4px; }
.status.running { color: var(--accent); }
progress { width: 100%; accent-color: var(--accent); }
button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px;
  padding: .3em .9em; cursor: pointer; }
button:disabled { opacity: .5; cursor: default; }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.figures { display: flex; flex-wrap: wrap; gap: 12px; margin: 0; }
.figures div { background: var(--card); border-radius: 8px; padding: 8px 18px; min-width: 130px; }
.figures dt { color: var(--muted); font-size: .875rem; }
.figures dd { margin: 0; font-size: 1.6rem; font-variant-numeric: tabular-nums; }
.chart { width: 100%; min-height: 200px; }
.pair { display: grid; gap: 16px; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); }
@media (max-width: 820px) { .pair { grid-template-columns: minmax(0, 1fr); } }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25em 1.2em .25em 0; vertical-align: top; }
.pairs th { color: var(--muted); font-weight: normal; white-space: nowrap; }
.pairs td { overflow-wrap: anywhere; }
.search th, .search td, .compare th, .compare td { padding: .3em .7em; border-bottom: 1px solid var(--line);
  white-space: nowrap; }
.search thead th { white-space: normal; vertical-align: bottom; }
.search th button { border: 0; background: none; padding: 0; text-align: left; font-weight: 600; }
@media (max-width: 520px) {
  .search, .search thead, .search tbody, .compare, .compare tbody { display: block; }
  .search thead tr { display: flex; flex-wrap: wrap; column-gap: 1em; font-size: .875rem; }
  .search th, .search td, .compare th, .compare td { border: 0; padding: .15em .4em .15em 0; }
  .compare th, .compare td, td::before { white-space: normal; }
  .search tbody tr, .compare tbody tr { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr));
    align-items: end; padding: .4em 0; border-top: 1px solid var(--line); }
  .compare tbody tr { grid-template-columns: repeat(2, minmax(0, 1fr)); align-items: start; }
  .compare thead { display: none; } .compare th { grid-column: 1 / -1; }
  td[data-label]::before { content: attr(data-label); display: block; color: var(--muted);
    font-size: .8rem; line-height: 1.25; } }
.pixels { image-rendering: pixelated; max-width: 100%; height: auto; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(110px, 1fr)); gap: 12px; }
figure { margin: 0; } figure img, figure svg { max-width: 100%; height: auto; }
`;
