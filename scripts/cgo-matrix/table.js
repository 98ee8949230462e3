// The matrix as text: aligned for a terminal, Markdown for docs/cgo.md.
'use strict';

const { MODES, TABLES } = require('./plan');

/** @typedef {{ kind: string, mode: string, runtime: string, trials: import('../../test/cgo/trial').Outcome[] }} Result */

const HEADINGS = { none: 'without', guard: 'guard()', harden: 'harden()', launcher: 'sigbridge run' };

/**
 * How many lived, what became of the others, and how many signals were lost: "10 of 10", "0 of 10, died", "10 of 10, 1 lost".
 * @param {Result} result
 */
function verdict({ trials }) {
  const lived = trials.filter(({ outcome }) => outcome === 'lived').length;
  const others = [...new Set(trials.map(({ outcome }) => outcome))].filter((outcome) => outcome !== 'lived');
  const lost = trials.flatMap((trial) => trial.lost).length;
  return [`${lived} of ${trials.length}`, ...others.sort(), ...(lost > 0 ? [`${lost} lost`] : [])].join(', ');
}

/** @param {Result[]} results */
function rows(results) {
  return TABLES.flatMap(({ kind, title }) => {
    const ofKind = results.filter((result) => result.kind === kind);
    if (ofKind.length === 0) return [];
    const names = [...new Set(ofKind.map(({ runtime }) => runtime))];
    const lines = names.map((name) => {
      const cells = MODES.map((mode) =>
        ofKind.find((result) => result.runtime === name && result.mode === mode),
      );
      return [name, ...cells.map((cell) => (cell === undefined ? '-' : verdict(cell)))];
    });
    return [
      {
        title,
        header: ['lives', ...MODES.map((mode) => HEADINGS[/** @type {keyof typeof HEADINGS} */ (mode)])],
        lines,
      },
    ];
  });
}

/** @param {Result[]} results */
function plain(results) {
  const parts = rows(results).map(({ title, header, lines }) => {
    const all = [header, ...lines];
    const widths = header.map((_, column) => Math.max(...all.map((line) => line[column].length)));
    const text = all.map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
    return [title.replaceAll('`', ''), ...text.map((line) => `  ${line}`)].join('\n');
  });
  return parts.join('\n\n');
}

/** @param {Result[]} results @param {string} about versions, date and machine */
function markdown(results, about) {
  const parts = rows(results).map(({ title, header, lines }) => {
    const table = [header, header.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`);
    return [`${title}:`, '', ...table].join('\n');
  });
  return `${about}\n\n${parts.join('\n\n')}`;
}

const MARKERS = ['<!-- matrix -->', '<!-- /matrix -->'];

/** @param {string} document @param {string} table @returns {string | undefined} undefined: it has no place for one */
function insert(document, table) {
  const [begin, end] = MARKERS.map((marker) => document.indexOf(marker));
  if (begin < 0 || end < begin) return undefined;
  return `${document.slice(0, begin + MARKERS[0].length)}\n${table}\n${document.slice(end)}`;
}

module.exports = { insert, markdown, plain, verdict };
