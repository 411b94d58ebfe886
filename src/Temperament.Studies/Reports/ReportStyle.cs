namespace Temperament.Studies.Reports;

/// <summary>The style sheet of the HTML report: light and dark, phone, desktop and paper.</summary>
internal static class ReportStyle
{
    /// <summary>The style sheet.</summary>
    public const string Css = """
        :root {
          --paper: #fcfbf8; --ink: #1d1c1a; --quiet: #66625b; --rule: #d9d5cc; --hair: #e9e6df; --wash: #f4f1ea;
          --accent: #b84a00; --s0: #c45100; --s1: #0067a3; --s2: #007a5a; --s3: #9c4677; --good: #00684c; --bad: #a3262a;
          --serif: "Iowan Old Style", Charter, "P052", "Palatino Linotype", Palatino, Georgia, serif;
          --sans: -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, system-ui, sans-serif;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #171819; --ink: #e6e3dc; --quiet: #a39e94; --rule: #3b3b3a; --hair: #2a2b2b; --wash: #202122;
            --accent: #f29254; --s0: #f29254; --s1: #62b1e8; --s2: #45c79d; --s3: #dd97bd; --good: #55cfa4; --bad: #f2868a;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 var(--serif);
          font-variant-numeric: lining-nums; text-rendering: optimizeLegibility; overflow-wrap: break-word; }
        .page { max-width: 62rem; margin: 0 auto; padding: 4.5rem 1.75rem 4rem; }
        a { color: inherit; text-decoration-color: var(--rule); text-underline-offset: .2em; }
        a:hover { text-decoration-color: var(--accent); }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }

        header { padding-bottom: 2.5rem; }
        .kicker { margin: 0 0 1.1rem; font: 600 .78rem/1.4 var(--sans); letter-spacing: .08em; text-transform: uppercase; color: var(--accent); }
        .kicker span { color: var(--quiet); font-weight: 400; letter-spacing: .02em; text-transform: none; margin-left: .6em; }
        h1 { margin: 0; max-width: 24em; font-size: clamp(1.75rem, 1.2rem + 2.2vw, 2.6rem); line-height: 1.18; font-weight: 500; letter-spacing: -.012em; text-wrap: balance; }
        .standfirst { max-width: 42rem; margin: 1.4rem 0 0; font-style: italic; color: var(--quiet); }
        .keys-title { margin: 2.6rem 0 .7rem; font: .84rem/1.4 var(--sans); color: var(--quiet); }
        .keys { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 0 1.75rem; margin: 0; border-top: 1px solid var(--ink); border-bottom: 1px solid var(--rule); }
        .keys div { padding: .9rem 0 1.1rem; display: flex; flex-direction: column; justify-content: space-between; }
        .keys dt { font: .84rem/1.4 var(--sans); }
        .keys dd { margin: .35rem 0 0; font-size: 2.5rem; line-height: 1.1; letter-spacing: -.02em; }
        .keys dd span { white-space: nowrap; font: .84rem/1 var(--sans); letter-spacing: 0; color: var(--quiet); }
        .keys .effect dd, .keys .effect dt { color: var(--accent); }
        nav { margin-top: 1.4rem; font: .84rem/1.9 var(--sans); color: var(--quiet); }
        nav ul { display: flex; flex-wrap: wrap; gap: 0 1.4rem; list-style: none; margin: 0; padding: 0; }

        section { border-top: 1px solid var(--rule); padding: 2rem 0 2.6rem; display: grid; grid-template-columns: 10rem minmax(0, 1fr); gap: 0 2.25rem; }
        h2 { margin: 0; font-size: 1.2rem; line-height: 1.3; font-weight: 600; text-wrap: balance; }
        .body > * { margin: 0 0 1.1rem; }
        .body > :last-child { margin-bottom: 0; }
        .body > p, .sentences { max-width: 40rem; }
        .sentences { padding-left: 1.1rem; }
        .sentences li { margin-bottom: .6rem; }

        .findings { list-style: none; padding: 0; }
        .findings li { display: grid; grid-template-columns: 8rem minmax(0, 1fr); padding: .85rem 0; border-top: 1px solid var(--hair); }
        .findings li:first-child { border-top: 0; padding-top: 0; }
        .findings p { margin: 0; max-width: 38rem; }
        .findings li:first-child p:first-child { font-size: 1.24rem; line-height: 1.5; }
        .findings .evidence { margin-top: .35rem; font: .84rem/1.55 var(--sans); color: var(--quiet); }
        .verdict { font: 600 .8rem/1.7rem var(--sans); color: var(--quiet); }
        .findings li:first-child .verdict { line-height: 1.9rem; }
        .verdict::before { display: inline-block; width: 1.3em; }
        .found .verdict { color: var(--accent); } .found .verdict::before { content: "●"; }
        .not-found .verdict { color: var(--ink); } .not-found .verdict::before { content: "○"; }
        .holds .verdict { color: var(--good); } .holds .verdict::before { content: "✓"; }
        .fails .verdict { color: var(--bad); } .fails .verdict::before { content: "✕"; }
        .caution .verdict { color: var(--bad); } .caution .verdict::before { content: "!"; }
        .note .verdict { font-weight: 400; } .note .verdict::before { content: "–"; }

        .scroll { overflow-x: auto; margin-bottom: 2.2rem; }
        table { border-collapse: collapse; width: 100%; font: .84rem/1.4 var(--sans); font-variant-numeric: tabular-nums lining-nums; }
        caption, figcaption { caption-side: top; text-align: left; font: .84rem/1.5 var(--sans); color: var(--quiet); }
        caption { padding-bottom: .8rem; }
        caption b, figcaption b { color: var(--ink); }
        thead th { border-top: 1px solid var(--ink); border-bottom: 1px solid var(--rule); vertical-align: bottom; font-weight: 600; }
        th, td { padding: .42rem .8rem .42rem 0; text-align: left; vertical-align: top; }
        th:last-child, td:last-child { padding-right: 0; }
        .n { text-align: right; padding-left: .5rem; white-space: nowrap; }
        thead .n { white-space: normal; max-width: 8rem; }
        tbody th { font-weight: 400; min-width: 10rem; }
        tbody td { white-space: nowrap; }
        tbody tr + tr > * { border-top: 1px solid var(--hair); }
        tbody tr:last-child > * { border-bottom: 1px solid var(--rule); }
        td small, th small { display: block; white-space: normal; font-size: .76rem; font-weight: 400; color: var(--quiet); }
        .group th { padding-top: 1.1rem; font-weight: 600; }
        .emphasis > * { background: var(--wash); } .emphasis > th { font-weight: 600; }
        code { font: .8em/1 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; color: var(--quiet); }
        details summary { cursor: pointer; font: .84rem/1.5 var(--sans); color: var(--quiet); }
        details .scroll { margin: 1rem 0 0; }

        .body > figure { margin: 0 0 2.6rem; }
        figcaption { margin-top: .8rem; max-width: 42rem; }
        svg { display: block; width: 100%; height: auto; }
        svg text { font-family: var(--sans); fill: var(--ink); font-variant-numeric: tabular-nums lining-nums; }
        .label { font-size: 13px; } .strong { font-size: 13px; font-weight: 600; } .value { font-size: 12.5px; font-weight: 600; }
        .strong { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
        .emoji { font-size: 17px; }
        svg .tick { font-size: 11.5px; fill: var(--quiet); } svg .missing { font-style: italic; }
        .grid { stroke: var(--hair); } .axis { stroke: var(--quiet); }
        .band { fill: var(--quiet); fill-opacity: .2; }
        .whisker { stroke-width: 2; opacity: .55; } .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .whisker.s0, .line.s0 { stroke: var(--s0); } .mark.s0 { fill: var(--s0); }
        .whisker.s1, .line.s1 { stroke: var(--s1); } .mark.s1 { fill: var(--s1); }
        .whisker.s2, .line.s2 { stroke: var(--s2); } .mark.s2 { fill: var(--s2); }
        .whisker.s3, .line.s3 { stroke: var(--s3); } .mark.s3 { fill: var(--s3); }
        .line.s1 { stroke-dasharray: 7 3; } .line.s2 { stroke-dasharray: 2 3; } .line.s3 { stroke-dasharray: 8 3 2 3; }
        .heat { fill: var(--s0); } .hollow { fill: none; stroke: var(--hair); }
        .bar { fill: var(--s0); fill-opacity: .75; } .bar.foreign { fill: none; stroke: var(--s0); }
        .neuron { fill: var(--s1); fill-opacity: .3; stroke: var(--s1); } .neuron.first { fill: var(--s0); fill-opacity: .45; stroke: var(--s0); }
        .on-narrow { display: none; }
        .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1.5rem 2rem; }
        .panel p { margin: 0 0 .3rem; font: 600 .84rem/1.4 var(--sans); }

        .exchange { padding-top: .4rem; }
        .body > .exchange { margin-bottom: 1.9rem; }
        h3 { margin: 0 0 .7rem; font-size: 1.0625rem; font-weight: 500; font-style: italic; }
        .answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 1rem 1.75rem; }
        .answers > div { border-top: 2px solid var(--rule); padding-top: .55rem; }
        .answers > .effect { border-top-color: var(--accent); }
        .who { margin: 0 0 .3rem; font: .8rem/1.4 var(--sans); color: var(--quiet); }
        .effect .who { color: var(--accent); }
        .said { margin: 0; line-height: 1.5; }
        .said small { font: .8rem/1 var(--sans); color: var(--quiet); }
        footer { border-top: 1px solid var(--ink); padding-top: 1rem; font: .8rem/1.6 var(--sans); color: var(--quiet); }

        @media (max-width: 60rem) {
          section { display: block; }
          h2 { font-size: 1.4rem; margin-bottom: 1.1rem; }
        }
        @media (max-width: 45rem) {
          body { font-size: 1rem; }
          .page { padding: 2.2rem 1.25rem 3rem; }
          .keys { grid-template-columns: 1fr 1fr; gap: 0 1.25rem; }
          .keys dd { font-size: 2rem; }
          .keys dd span { display: block; margin-top: .35rem; }
          .findings li { display: block; }
          .findings li:first-child p:first-child { font-size: 1.15rem; }
          .on-wide { display: none; } .on-narrow { display: block; }
          .panels { grid-template-columns: 1fr; }
          caption { max-width: calc(100vw - 2.5rem); }
          tbody th { min-width: 7.5rem; }
        }
        @media print {
          :root {
            --paper: #fff; --ink: #000; --quiet: #555; --rule: #bbb; --hair: #ddd; --wash: #fff;
            --accent: #9c3f00; --s0: #b84a00; --s1: #0067a3; --s2: #007a5a; --s3: #9c4677; --good: #00684c; --bad: #a3262a;
          }
          @page { margin: 17mm 16mm; }
          html { font-size: 9.5pt; }
          body { font-size: 1.05rem; line-height: 1.5; }
          .keys { grid-template-columns: repeat(4, 1fr); }
          th, td { padding-top: .22rem; padding-bottom: .22rem; }
          .page { max-width: none; padding: 0; }
          nav { display: none; }
          section { display: block; }
          h2 { margin-bottom: .8rem; break-after: avoid; }
          .scroll { overflow: visible; }
          table, caption, figcaption { font-size: 7.5pt; }
          th, td { padding-right: .4rem; }
          tr, figure, .exchange, .findings li { break-inside: avoid; }
          details::details-content { content-visibility: visible; display: block; height: auto; }
          .on-wide { display: block; } .on-narrow { display: none; }
        }

        """;
}
