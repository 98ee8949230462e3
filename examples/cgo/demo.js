#!/usr/bin/env node
// Shows what signals do to a process with Go code in it, and what each remedy makes of that: `npm run demo:cgo`.
'use strict';

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { fetch } = require('../../scripts/runtimes');

const root = path.join(__dirname, '../..');
const addon = path.join(root, 'build/demo-cgo/addon.node');
const SENDERS = 6;
const SIGNALS_EACH = 40_000;
const LONGEST_MS = 20_000;
// Whether a storm kills is a matter of luck, mostly bad luck: unprotected, the first that does ends the trial.
const STORMS = 3;
const STORMS_UNPROTECTED = 6;

const isTTY = process.stdout.isTTY === true;
const coloured = isTTY && !process.env.NO_COLOR;
/** @type {(code: number, text: string) => string} */
const paint = (code, text) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text);

const REMEDIES = [
  { name: 'nothing', mode: 'none', launcher: false },
  { name: 'loadAddon(file)', mode: 'loadAddon', launcher: false },
  { name: 'harden()', mode: 'harden', launcher: false },
  { name: 'sigbridge run', mode: 'none', launcher: true },
];

function buildAddon() {
  const headers = require('node-api-headers').include_dir;
  fs.mkdirSync(path.dirname(addon), { recursive: true });
  const { status, stderr, error } = spawnSync('go', ['build', '-buildmode=c-shared', '-o', addon, '.'], {
    cwd: path.join(__dirname, 'addon'),
    encoding: 'utf8',
    env: {
      ...process.env,
      CGO_ENABLED: '1',
      CGO_CFLAGS: `-O2 -I${headers}`,
      CGO_LDFLAGS: process.platform === 'darwin' ? '-Wl,-undefined,dynamic_lookup' : '',
    },
  });
  if (error !== undefined) throw new Error(`no Go compiler: ${error.message}; install Go 1.20 or later`);
  if (status !== 0) throw new Error(`go build failed:\n${stderr}`);
}

/**
 * One program, one storm.
 * @param {{ path: string, args: string[] }} runtime
 * @param {{ mode: string, launcher: boolean }} remedy
 * @returns {Promise<{ ended: string | undefined, told: number, why: string }>}
 */
async function trial(runtime, { mode, launcher }) {
  const command = [runtime.path, ...runtime.args, path.join(__dirname, 'program.js'), mode, addon];
  const [program, ...args] = launcher
    ? [process.execPath, path.join(root, 'lib/cli/main.js'), 'run', '--', ...command]
    : command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  child.stdin.on('error', () => {});
  const closed = new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? (code === 0 ? undefined : `exit ${code}`)));
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  const lines = readline.createInterface({ input: child.stdout });
  let told = 0;
  for await (const line of lines) {
    if (line === 'ready') {
      // The launcher would pass signals on one by one: the storm is for the program itself.
      const target = launcher
        ? onlyChildOf(/** @type {number} */ (child.pid))
        : /** @type {number} */ (child.pid);
      storm(target).then(() => child.stdin.write('stop\n'));
    } else {
      told = Number(line);
    }
  }
  const ended = /** @type {string | undefined} */ (await closed);
  clearTimeout(timer);
  const why = /fatal error: .*|unexpected fault address|SIGSEGV: .*|panic.*|unknown caller pc/.exec(errors);
  return { ended, told, why: why?.[0].trim() ?? '' };
}

/**
 * Storms until one kills, or all have been survived.
 * @param {{ path: string, args: string[] }} runtime
 * @param {{ mode: string, launcher: boolean }} remedy
 */
async function storms(runtime, remedy) {
  const most = remedy.mode === 'none' && !remedy.launcher ? STORMS_UNPROTECTED : STORMS;
  let told = 0;
  for (let number = 1; number <= most; number++) {
    const result = await trial(runtime, remedy);
    if (result.ended !== undefined)
      return { outcome: `${result.ended} in storm ${number}`, lived: false, told: '-', why: result.why };
    told += result.told;
  }
  return { outcome: `lived ${most} of ${most}`, lived: true, told: String(told), why: '' };
}

/** @param {number} pid */
function onlyChildOf(pid) {
  return Number(fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

/** @param {number} pid */
async function storm(pid) {
  const file = path.join(__dirname, 'storm.js');
  const senders = Array.from({ length: SENDERS }, () =>
    spawn(process.execPath, [file, String(pid), String(SIGNALS_EACH)], { stdio: 'ignore' }),
  );
  await Promise.all(senders.map((sender) => new Promise((resolve) => sender.once('close', resolve))));
}

const WIDTHS = [14, 16, 19, 7];

/** @param {string[]} cells */
const row = (cells) => `  ${cells.map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0)).join(' ')}`.trimEnd();

async function main() {
  process.stdout.write('Building a small Go addon ... ');
  buildAddon();
  const bun = await fetch('bun@newest');
  const runtimes = [
    { name: `Node ${process.versions.node}`, path: process.execPath, args: [] },
    { name: `Bun ${bun.version}`, path: bun.path, args: bun.args },
  ];
  console.log(
    `done. A storm: ${SENDERS} senders, ${SIGNALS_EACH} signals each, over 8 goroutines that spin.\n`,
  );
  console.log(paint(1, row(['runtime', 'protected by', 'outcome', 'told', 'what Go said'])));
  for (const runtime of runtimes) {
    for (const remedy of REMEDIES) {
      if (isTTY) process.stdout.write(row([runtime.name, remedy.name, '...']));
      const { outcome, lived, told, why } = await storms(runtime, remedy);
      if (isTTY) process.stdout.write('\r');
      const painted = paint(lived ? 32 : 31, outcome.padEnd(WIDTHS[2]));
      console.log(row([runtime.name, remedy.name, painted, told, why]));
    }
  }
  console.log(
    '\n"told" is how often process.on listeners were called: the kernel merges what it cannot deliver in time.',
  );
}

main().catch((error) => {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
