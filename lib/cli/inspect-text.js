// What `sigbridge inspect` shows, as lines of text: for a terminal of some width, with or without colours, or for a file.
// Pure.
'use strict';

const path = require('node:path');

/** @typedef {import('../../binding').Inspection} Inspection */
/**
 * @typedef {{ columns?: number, colours?: boolean, warningsFirst?: boolean }} Look without `columns` no line is cut or
 *   broken; `warningsFirst`: the end may not be seen
 */

const GAP = '  ';
const INDENT = '  ';
// Narrower ones would show nothing but dots.
const NARROWEST = 40;
const PAINTS = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33' };

/** Names come from other programs: what would move the cursor is no business of theirs. @param {string} text */
const clean = (text) => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');

/** @param {string} text @param {number | undefined} columns */
function cut(text, columns) {
  if (columns === undefined || text.length <= columns) return text;
  return `${text.slice(0, columns - 3)}...`;
}

/** Broken between words. @param {string} text @param {number | undefined} columns */
function wrap(text, columns) {
  if (columns === undefined) return [text];
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== '' && last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => cut(line, columns));
}

/**
 * @param {readonly (string | null)[][]} rows the first one is the heading; null: nothing of that column is to be shown
 * @returns {string[]}
 */
function table(rows) {
  const shown = rows[0].map((_, column) => rows.some((row, index) => index > 0 && row[column] !== null));
  const cells = rows.map((row) => row.filter((_, column) => shown[column]).map((cell) => clean(cell ?? '?')));
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join(GAP)
      .trimEnd(),
  );
}

/** Names without SIG, the run of real-time ones by its ends. @param {readonly string[]} names */
function list(names) {
  const plain = names.filter((name) => !name.startsWith('SIGRT'));
  const realTime = names.filter((name) => name.startsWith('SIGRT'));
  const ends = realTime.length > 2 ? [`${realTime[0]}..${realTime[realTime.length - 1].slice(3)}`] : realTime;
  return [...plain, ...ends].map((name) => name.slice(3)).join(' ');
}

/** @param {Inspection} inspection @param {readonly string[] | null} names */
function brief({ signals }, names) {
  if (names === null) return null;
  if (names.length === 0) return '-';
  const all = signals.map(({ signal }) => signal).filter((name) => name !== 'SIGKILL' && name !== 'SIGSTOP');
  if (names.length <= all.length / 2) return list(names);
  const rest = all.filter((name) => !names.includes(name));
  return rest.length === 0 ? 'all' : `all but ${list(rest)}`;
}

/** @param {Inspection['signals'][number]} row */
function handler({ kind, library, symbol, ours, beneath }) {
  if (kind !== 'handler') return kind === null || ours === null ? null : '-';
  if (ours === null) return null;
  const where = [library === null ? 'code without a file' : path.basename(library), symbol ?? '']
    .join(' ')
    .trim();
  if (!ours) return where;
  return `sigbridge, over ${beneath?.kind === 'handler' ? path.basename(beneath.library ?? 'a handler') : beneath?.kind}`;
}

/** @param {Inspection} inspection */
function signalRows({ signals }) {
  const told = signals.filter(({ kind }) => kind !== 'default' && kind !== null);
  return [
    ['SIGNAL', 'DISPOSITION', 'FLAGS', 'HANDLER'],
    ...told.map((row) => [
      row.signal,
      row.kind === 'ignore' ? 'ignored' : row.kind,
      row.flags && (row.flags.map((flag) => flag.replace(/^SA_/, '')).join(' ') || '-'),
      handler(row),
    ]),
  ];
}

/** Neighbours that differ in nothing but their number share a line. @param {Inspection} inspection */
function threadRows(inspection) {
  const { threads, takers } = inspection;
  /** @type {{ tids: (number | null)[], cells: (string | null)[] }[]} */
  const groups = [];
  for (const { tid, name, state, blocked, pending } of threads ?? []) {
    const takes = takers && (takers.SIGTERM.includes(tid ?? 0) ? 'yes' : 'no');
    const cells = [name, state, takes, brief(inspection, pending), brief(inspection, blocked)];
    const last = groups[groups.length - 1];
    if (last && last.cells.join('\n') === cells.join('\n')) last.tids.push(tid);
    else groups.push({ tids: [tid], cells });
  }
  return [
    ['THREAD', 'NAME', 'STATE', 'TAKES TERM', 'PENDING', 'BLOCKED'],
    ...groups.map(({ tids, cells }) => [
      tids.length === 1
        ? String(tids[0] ?? 'this one')
        : `${tids[0]}..${tids[tids.length - 1]} (${tids.length})`,
      ...cells,
    ]),
  ];
}

/** @param {Inspection} inspection @returns {[string, string][]} */
function summary(inspection) {
  const { pid, ppid, name, state, init, runtime, go, libraries, queued, pending, children, threads } =
    inspection;
  const carriers = libraries?.filter((library) => library.go).map((library) => path.basename(library.path));
  /** @type {[string, string | null][]} */
  const lines = [
    [
      'Process',
      [
        `${pid} ${name ?? ''}`.trim(),
        state,
        ppid === null ? null : `parent ${ppid}`,
        threads && `${threads.length} thread${threads.length === 1 ? '' : 's'}`,
        init && 'PID 1 of its namespace',
      ]
        .filter(Boolean)
        .join(', '),
    ],
    [
      'Runtime',
      `${[runtime.name ?? 'none that we know', runtime.version].filter(Boolean).join(' ')} (${runtime.executable ?? 'its executable is not ours to see'})`,
    ],
    ['Go', go === null ? 'not ours to see' : go ? `yes: ${carriers?.join(', ')}` : 'no'],
    ['Pending', brief(inspection, pending)],
    ['Queued', queued && `${queued.used} of ${queued.limit ?? 'any number of'} signals of its user`],
    [
      'Children',
      children &&
        (children
          .map((child) => `${child.pid} ${child.name}${child.state === 'zombie' ? ' (ended)' : ''}`)
          .join(', ') ||
          '-'),
    ],
  ];
  return lines.map(([title, text]) => [title, clean(text ?? 'not ours to see')]);
}

/**
 * @param {Inspection} inspection
 * @param {Look} [look]
 * @returns {string[]}
 */
function render(inspection, { columns: asked, colours = false, warningsFirst = false } = {}) {
  const columns = asked === undefined ? undefined : Math.max(asked, NARROWEST);
  const inner = columns === undefined ? undefined : columns - INDENT.length;
  /** @param {keyof typeof PAINTS} colour @param {string} text */
  const paint = (colour, text) => (colours ? `\x1b[${PAINTS[colour]}m${text}\x1b[0m` : text);
  /** @param {string} title @param {(string | null)[][]} rows */
  const section = (title, rows) => {
    if (rows.length === 1) return [];
    const [heading, ...lines] = table(rows).map((line) => cut(line, inner));
    return ['', paint('bold', title), INDENT + paint('dim', heading), ...lines.map((line) => INDENT + line)];
  };

  const others = inspection.signals.filter(({ kind }) => kind === 'default').length;
  const messages = inspection.warnings.flatMap(({ message }) =>
    wrap(clean(message), inner).map((line, index) =>
      paint('yellow', `${index === 0 ? '! ' : INDENT}${line}`),
    ),
  );
  const warnings = [
    '',
    ...(messages.length === 0
      ? [paint('green', 'No warnings')]
      : [paint('bold', `Warnings (${inspection.warnings.length})`), ...messages]),
  ];
  const tables = [
    ...section('Signals', signalRows(inspection)),
    ...(others > 0 ? [INDENT + paint('dim', `${others} others have their default action`)] : []),
    ...section('Threads', threadRows(inspection)),
  ];
  return [
    ...summary(inspection).map(
      ([title, text]) => `${paint('bold', title.padEnd(9))} ${cut(text, columns && columns - 10)}`,
    ),
    ...(warningsFirst ? [...warnings, ...tables] : [...tables, ...warnings]),
  ];
}

module.exports = { brief, render };
