// Draws the results as SVG into docs/pictures: bars for one number an entrant, points for several.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { short } = require('./tables');

/**
 * @typedef {import('./results').Results} Results
 * @typedef {import('./types').Entrant} Entrant
 * @typedef {import('./types').Picture} Picture
 * @typedef {import('./types').Task} Task
 * @typedef {{ name: string, way: string, spreads: { median: number, min: number, max: number }[] }} Row
 */

const folder = path.join(__dirname, '..', '..', 'docs', 'pictures');
const WIDTH = 860;
const ROW_HEIGHT = 30;
// No name in quotes: echarts does not escape them.
const FONT = 'Helvetica, Arial, sans-serif';
const INK = '#1f2328';
const FAINT = '#d1d9e0';
/** @type {Record<string, string>} */
const COLOURS = { sigbridge: '#0969da', 'process.on': '#bc4c00' };
const OTHERS = '#818b98';
const SHAPES = ['circle', 'diamond', 'rect'];

/** @param {Row} row */
const colourOf = ({ way }) => COLOURS[way] ?? OTHERS;

/**
 * @param {Results} results
 * @param {Task} task
 * @param {Picture} picture
 * @returns {Row[]} without those that lack a number
 */
function rowsOf(results, task, { keys, also }) {
  /** @param {string} name @param {Entrant} entrant @param {string} [note] */
  const row = (name, entrant, note) => ({
    name: note === undefined ? entrant.name : `${entrant.name} (${note})`,
    way: entrant.way,
    spreads: keys.flatMap(({ key }) => results.spread(name, entrant.id, key) ?? []),
  });
  const rows = results.entrants(task.name).map((entrant) => row(task.name, entrant));
  if (also !== undefined) {
    const others = results.entrants(also.task).filter(({ way }) => way === also.way);
    rows.push(...others.map((entrant) => row(also.task, entrant, also.note)));
  }
  return rows.filter(({ spreads }) => spreads.length === keys.length);
}

/** Least to most of the rounds, as a line. @param {Row[]} rows @param {number} index of the key @param {string} colour */
function whiskers(rows, index, colour) {
  return {
    type: /** @type {const} */ ('custom'),
    silent: true,
    z: 3,
    data: rows.map(({ spreads }, i) => [spreads[index].min, spreads[index].max, i]),
    /** @param {any} _params @param {any} api */
    renderItem(_params, api) {
      const [x1, y] = api.coord([api.value(0), api.value(2)]);
      const [x2] = api.coord([api.value(1), api.value(2)]);
      const style = { stroke: colour, lineWidth: 1.5, opacity: 0.7 };
      return { type: 'line', shape: { x1, y1: y, x2, y2: y }, style };
    },
  };
}

/** @param {Row[]} rows */
function bars(rows) {
  const data = rows.map((row) => ({ value: row.spreads[0].median, itemStyle: { color: colourOf(row) } }));
  /** @param {{ dataIndex: number }} params */
  const formatter = ({ dataIndex }) => short(rows[dataIndex].spreads[0].median);
  // On points of no size where the whiskers end, so that those do not run through the figures.
  const labels = {
    ...{ type: /** @type {const} */ ('scatter'), symbolSize: 0, silent: true },
    data: rows.map(({ spreads }, i) => [spreads[0].max, i]),
    label: { show: true, position: /** @type {const} */ ('right'), distance: 8, color: INK, formatter },
  };
  return [{ type: /** @type {const} */ ('bar'), barWidth: 16, data }, whiskers(rows, 0, INK), labels];
}

/** @param {Row[]} rows @param {Picture} picture */
function points(rows, { keys }) {
  return keys.flatMap(({ title }, index) => [
    {
      ...{ type: /** @type {const} */ ('scatter'), name: title, symbol: SHAPES[index], symbolSize: 11, z: 4 },
      itemStyle: { color: INK },
      data: rows.map((row, i) => ({
        value: [row.spreads[index].median, i],
        itemStyle: { color: colourOf(row) },
      })),
    },
    whiskers(rows, index, OTHERS),
  ]);
}

/**
 * @param {Row[]} rows
 * @param {Picture} picture
 * @returns {string} SVG
 */
function draw(rows, picture) {
  // Its types want the DOM's, which nothing here has.
  const echarts = require(/** @type {string} */ ('echarts'));
  const isSeveral = picture.keys.length > 1;
  const height = 96 + rows.length * ROW_HEIGHT;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  const text = { color: INK, fontFamily: FONT };
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: text,
    title: { text: picture.title, left: 16, top: 12, textStyle: { ...text, fontSize: 15, fontWeight: 600 } },
    legend: { show: isSeveral, right: 16, top: 14, itemWidth: 11, textStyle: text },
    grid: { left: 300, right: 70, top: 46, bottom: 44 },
    xAxis: {
      type: isSeveral ? 'log' : 'value',
      name: picture.unit,
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: text,
      splitNumber: 5,
      axisLabel: { color: INK, formatter: (/** @type {number} */ value) => short(value) },
      splitLine: { lineStyle: { color: FAINT } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ name }) => name),
      axisLabel: { color: INK, width: 285, overflow: 'truncate' },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: FAINT } },
    },
    series: isSeveral ? points(rows, picture) : bars(rows),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/**
 * @param {Results} results
 * @param {Task} task
 * @param {string} into a folder
 * @returns {{ file: string, title: string }[]} those that were drawn
 */
function drawAll(results, task, into = folder) {
  fs.mkdirSync(into, { recursive: true });
  return (task.pictures ?? []).flatMap((picture) => {
    const rows = rowsOf(results, task, picture);
    if (rows.length === 0) return [];
    fs.writeFileSync(path.join(into, picture.file), `${draw(rows, picture)}\n`);
    return [{ file: picture.file, title: picture.title }];
  });
}

module.exports = { drawAll };
