// The report's style sheet: paper and ink, one accent for what is ours and vermilion for what is amiss.
#pragma once

#include <string_view>

namespace meguri::bench {

// Without "<" and "&", so that it may stand in an XML <style>.
inline constexpr std::string_view page_style = R"css(
:root {
  --paper: #f8f5ee; --ink: #2c2a26; --soft: #6d675d; --line: #ddd6c8; --own: #24506f; --amiss: #b23a1e;
  --s0: #24506f; --s1: #9a7424; --s2: #5f7036; --s3: #7a4a6b; --s4: #55504a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #1b1a18; --ink: #e8e2d6; --soft: #a59d8f; --line: #393631; --own: #8db6d3; --amiss: #f0896c;
    --s0: #8db6d3; --s1: #d9b566; --s2: #a9ba7b; --s3: #cf9fc0; --s4: #bdb5a8;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.65 system-ui, sans-serif; }
main { max-width: 74rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1, h2 { font-family: "Hiragino Mincho ProN", "Yu Mincho", "Noto Serif CJK JP", Georgia, "DejaVu Serif", serif;
  font-weight: 500; line-height: 1.25; margin: 0; }
h1 { font-size: 2rem; letter-spacing: .01em; }
h2 { font-size: 1.4rem; }
p { max-width: 44rem; margin: .5rem 0; }
header { display: flex; gap: 1.1rem; align-items: center; margin-bottom: 2rem; }
header p { margin: .15rem 0 0; color: var(--soft); }
.seal { width: 3.25rem; flex: none; fill: var(--amiss); }
.seal path { fill: none; stroke: var(--paper); stroke-width: 3.4; stroke-linecap: round; }
section { border-top: 1px solid var(--line); padding-top: 1.75rem; margin-top: 2.75rem; }
.how { color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
.key { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 1.5rem 2rem; margin: 0; }
.key div { display: flex; flex-direction: column-reverse; justify-content: flex-end; border-left: 2px solid var(--own);
  padding-left: .9rem; }
.key dt { color: var(--soft); font-size: .9rem; line-height: 1.4; }
.key dd { margin: 0; font-size: 1.7rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.key em { display: block; font-size: .85rem; }
.faults { border-left: 3px solid var(--amiss); padding: .2rem 0 .2rem .9rem; margin: 1rem 0; max-width: 44rem; }
.faults strong, em.invalid, tr.invalid em { color: var(--amiss); }
.faults ul { margin: .2rem 0; padding-left: 1.1rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1.75rem 2.5rem;
  margin: 1.5rem 0; }
figure { margin: 0; max-width: 42rem; break-inside: avoid; }
figcaption { font-size: .92rem; margin-bottom: .6rem; line-height: 1.45; }
.plots svg { display: block; width: 100%; height: auto; font-family: system-ui, sans-serif; }
svg text { font-size: 13px; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg .end { text-anchor: end; }
svg .middle { text-anchor: middle; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .axis { stroke: var(--soft); stroke-width: 1; }
svg .mark { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 2 4; }
svg .words, svg .value { fill: var(--ink); }
svg .series { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
svg .series circle { stroke: var(--paper); stroke-width: 1; }
svg .s0 { stroke: var(--s0); } svg .s0 circle, svg .t0 { fill: var(--s0); }
svg .s1 { stroke: var(--s1); stroke-dasharray: 7 4; } svg .s1 circle, svg .t1 { fill: var(--s1); }
svg .s2 { stroke: var(--s2); stroke-dasharray: 2 4; } svg .s2 circle, svg .t2 { fill: var(--s2); }
svg .s3 { stroke: var(--s3); stroke-dasharray: 9 3 2 3; } svg .s3 circle, svg .t3 { fill: var(--s3); }
svg .s4 { stroke: var(--s4); stroke-dasharray: 1 2; } svg .s4 circle, svg .t4 { fill: var(--s4); }
svg line.invalid { stroke: var(--amiss); stroke-width: 2; stroke-dasharray: none; }
svg .bar rect { fill: var(--soft); opacity: .55; }
svg .bar.own rect { fill: var(--own); opacity: 1; }
svg .bar.invalid .value { fill: var(--amiss); }
svg .whisker { stroke: var(--ink); stroke-width: 1.5; }
.table { overflow-x: auto; margin: 1.25rem 0 0; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .35rem; }
th, td { text-align: right; font-weight: 400; padding: .28rem .9rem .28rem 0; white-space: nowrap;
  border-bottom: 1px solid var(--line); vertical-align: top; }
th:first-child { text-align: left; }
thead th { color: var(--soft); }
tr.invalid { color: var(--soft); }
tr.invalid em { display: block; white-space: normal; min-width: 12rem; max-width: 22rem; }
.conditions { display: grid; grid-template-columns: minmax(9rem, 16rem) 1fr; gap: .35rem 1.5rem; font-size: .92rem; }
.conditions dt { color: var(--soft); grid-column: 1; }
.conditions dd { margin: 0; grid-column: 2; overflow-wrap: anywhere; white-space: pre-line; }
.conditions small { color: var(--soft); }
@media (max-width: 34rem) {
  main { padding-top: 1.5rem; }
  h1 { font-size: 1.6rem; }
  svg text { font-size: 16px; }
  .conditions { display: block; }
  .conditions dd { margin-bottom: .6rem; }
}
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #555; --line: #ccc; --own: #24506f; --amiss: #b23a1e;
    --s0: #24506f; --s1: #9a7424; --s2: #5f7036; --s3: #7a4a6b; --s4: #55504a; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .table { overflow: visible; }
  table { font-size: 8pt; }
  th, td { white-space: normal; }
  h2 { break-after: avoid; }
}
)css";

} // namespace meguri::bench
