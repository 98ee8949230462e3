// Writes what a soak has found into docs/soak.md, between the markers of its runtime, and draws docs/pictures/soak-*.svg.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { median } = require('../lib/statistics');
const { markdown } = require('../lib/tables');

const docs = path.join(__dirname, '..', '..', 'docs');
const file = path.join(docs, 'soak.md');
const TITLES = { node: 'Node', bun: 'Bun', deno: 'Deno' };
const WIDTH = 860;
const HEIGHT = 420;
// No name in quotes: echarts does not escape them.
const FONT = 'Helvetica, Arial, sans-serif';
const INK = '#1f2328';
const FAINT = '#d1d9e0';
const COLOURS = { rss: '#0969da', heap: '#1a7f37', threads: '#bc4c00', descriptors: '#818b98' };
const MIB = 2 ** 20;

/** @typedef {import('./judge').Sample} Sample */
/**
 * @typedef {{ kind: string, version: string, seconds: number, started: string, machine: Record<string, any>,
 *   samples: Sample[], verdicts: import('./judge').Verdict[], report: any, sent: Record<string, number>, http: number }} Soak
 */

// A point for every few seconds is all that the picture can show.
const POINTS = 120;

/** The median of each stretch of time. @param {Sample[]} samples @param {(sample: Sample) => number} value */
function line(samples, value) {
  const size = Math.max(1, Math.round(samples.length / POINTS));
  const points = [];
  for (let i = 0; i < samples.length; i += size) {
    const part = samples.slice(i, i + size);
    points.push([part[0].at / 60, Number(median(part.map(value)).toFixed(2))]);
  }
  return points;
}

/** @param {Soak} soak @returns {string} SVG */
function draw({ kind, version, samples }) {
  // Its types want the DOM's, which nothing here has.
  const echarts = require(/** @type {string} */ ('echarts'));
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  const text = { color: INK, fontFamily: FONT };
  const title = `Mixed load, ${TITLES[/** @type {keyof typeof TITLES} */ (kind)]} ${version}`;
  /** @param {number} index @param {string} name */
  const x = (index, name) => ({
    ...{
      gridIndex: index,
      type: 'value',
      min: 0,
      name,
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: text,
    },
    ...{ axisLabel: { color: INK }, splitLine: { show: false } },
  });
  /** @param {number} index @param {string} name */
  const y = (index, name) => ({
    ...{ gridIndex: index, type: 'value', min: 0, name, nameTextStyle: { ...text, align: 'left' } },
    ...{ splitNumber: 4, axisLabel: { color: INK }, splitLine: { lineStyle: { color: FAINT } } },
  });
  /** @param {number} index @param {string} name @param {string} color @param {(sample: Sample) => number} value */
  const series = (index, name, color, value) => ({
    ...{
      name,
      type: 'line',
      xAxisIndex: index,
      yAxisIndex: index,
      showSymbol: false,
      data: line(samples, value),
    },
    ...{ lineStyle: { color, width: 1.5 }, itemStyle: { color } },
  });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: text,
    title: { text: title, left: 16, top: 12, textStyle: { ...text, fontSize: 15, fontWeight: 600 } },
    legend: { right: 16, top: 14, itemWidth: 14, itemGap: 24, textStyle: text },
    grid: [
      { left: 60, right: 30, top: 70, height: 150 },
      { left: 60, right: 30, top: 270, height: 90 },
    ],
    xAxis: [x(0, ''), x(1, 'minutes')],
    yAxis: [y(0, 'MiB'), y(1, 'number')],
    series: [
      series(0, 'resident memory', COLOURS.rss, ({ rss }) => rss / MIB),
      series(0, 'heap in use', COLOURS.heap, ({ heap }) => heap / MIB),
      series(1, 'threads', COLOURS.threads, ({ threads }) => threads),
      series(1, 'descriptors', COLOURS.descriptors, ({ descriptors }) => descriptors),
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** @param {Soak} soak @returns {string} */
function section(soak) {
  const { kind, version, seconds, started, machine, verdicts, report, http } = soak;
  const name = TITLES[/** @type {keyof typeof TITLES} */ (kind)];
  const rows = verdicts.map(({ title, wanted, found, ok }) => [title, wanted, found, ok ? 'yes' : '**no**']);
  /** @param {string} activity */
  const times = (activity) => report.done[activity] ?? 0;
  const work =
    `${times('worker')} Workers, ${times('child')} children, ${times('section')} sections, ${times('mask')} masks, ` +
    `${times('wait')} waits, ${times('subscription')} passing subscriptions, ${times('shutdown')} shutdown objects, ` +
    `${times('timer')} POSIX timers, ${times('trace')} traces, ${http} HTTP requests.`;
  const [day] = started.split('T');
  return [
    `### ${name} ${version}, ${Math.round(seconds / 60)} minutes`,
    `![Memory, threads and descriptors of ${name} under the mixed load](pictures/soak-${kind}.svg)`,
    `In that time: ${work}`,
    markdown({ head: ['', 'wanted', 'found', 'so'], rows }),
    `_${day}, ${machine.cpus} x ${machine.cpu}, ${machine.kernel}, backend ${report.backend}; other work ran on the machine._`,
  ].join('\n\n');
}

/** @param {Soak} soak @returns {string} the file written */
function write(soak) {
  fs.writeFileSync(path.join(docs, 'pictures', `soak-${soak.kind}.svg`), `${draw(soak)}\n`);
  const text = fs.readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- soak:${soak.kind} -->`, `<!-- /soak:${soak.kind} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/soak.md has no markers for ${soak.kind}`);
  fs.writeFileSync(file, `${text.slice(0, from + begin.length)}\n\n${section(soak)}\n\n${text.slice(to)}`);
  return path.relative(process.cwd(), file);
}

module.exports = { write };
