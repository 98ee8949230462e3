// The `sigbridge` command and what it is given: help, bad options, a command that is not there, a preload library that
// is not there, a terminal.
'use strict';

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { expect, test } = require('@jest/globals');
const { ROOT } = require('../helpers/runtimes');
const { testWith } = require('../helpers/tools');

const CLI = path.join(ROOT, 'lib/cli/main.js');

/** @param {string[]} args @param {{ cli?: string, env?: Record<string, string> }} [options] */
function sigbridge(args, { cli = CLI, env = {} } = {}) {
  const options = {
    encoding: /** @type {const} */ ('utf8'),
    env: { ...process.env, ...env },
    timeout: 30_000,
  };
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], options);
  return { status, signal, stdout, stderr };
}

test.each([[[]], [['--help']], [['-h']], [['help']]])('help: %j', (args) => {
  const { status, stdout, stderr } = sigbridge(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('sigbridge run [--report] -- COMMAND');
});

/** @type {[string[], string][]} */
const REFUSED = [
  [['walk'], "no command 'walk'"],
  [['run'], 'no command; write: sigbridge run [--report] -- COMMAND'],
  [['run', '--'], 'no command'],
  [['run', '--report'], 'no command'],
  [['run', '--report', '--'], 'no command'],
  [['run', '--bogus', '--', 'true'], "no option '--bogus'"],
  [['run', '-r', 'true'], "no option '-r'"],
  [['run', 'stray', '--', 'true'], "'stray'"],
  [['run', '--', 'no-such-command-anywhere'], "cannot start 'no-such-command-anywhere'"],
  [['run', '--', '/etc/passwd'], "cannot start '/etc/passwd'"],
  [['run', '--', ''], "''"],
];

test.each(REFUSED)('refused: %j', (args, message) => {
  const { status, signal, stdout, stderr } = sigbridge(args);
  expect({ status, signal, stdout }).toEqual({ status: 2, signal: null, stdout: '' });
  expect(stderr).toContain(message);
  // A sentence, not a stack.
  expect(stderr).toMatch(/^sigbridge: /);
  expect(stderr).not.toMatch(/^ {4}at /m);
});

test('without the --, a command alone', () => {
  expect(sigbridge(['run', 'sh', '-c', 'exit 4'])).toMatchObject({ status: 4, stderr: '' });
});

test('a command that is no JavaScript runtime', () => {
  expect(sigbridge(['run', '--', 'sh', '-c', 'echo out; exit 3'])).toMatchObject({
    status: 3,
    stdout: 'out\n',
    stderr: '',
  });
  expect(sigbridge(['run', '--', 'sh', '-c', 'kill -KILL $$'])).toMatchObject({
    status: null,
    signal: 'SIGKILL',
  });
});

test('a preload library that is not there is a clear error, and nothing is started', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-launcher-'));
  try {
    fs.cpSync(path.join(ROOT, 'lib'), path.join(folder, 'lib'), { recursive: true });
    fs.copyFileSync(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
    const cli = path.join(folder, 'lib/cli/main.js');
    const { status, stdout, stderr } = sigbridge(['run', '--', 'echo', 'started'], { cli });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^sigbridge: the preload library is missing: .*sigbridge_preload\.so/);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

// script(1) gives a command a terminal of its own.
const script =
  spawnSync('script', ['--version']).status === 0 ? { path: 'script' } : { missing: 'there is no script(1)' };

testWith(
  [script],
  "Ctrl-C at a terminal reaches the program once: the kernel's own, not a second one of ours",
  async () => {
    const program = `
    let interrupts = 0;
    process.on('SIGINT', () => console.log('interrupt ' + ++interrupts));
    process.on('SIGUSR2', () => { console.log('counted ' + interrupts); process.exit(0); });
    setTimeout(() => {}, 20_000);
    console.log('ready ' + process.ppid);`;
    const file = path.join(os.tmpdir(), `sigbridge-terminal-${process.pid}.js`);
    fs.writeFileSync(file, program);
    try {
      const command = `exec ${process.execPath} ${CLI} run -- ${process.execPath} ${file}`;
      const terminal = spawn('script', ['-qec', command, '/dev/null'], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let output = '';
      let asked = false;
      let told = false;
      terminal.stdout.setEncoding('utf8').on('data', (text) => {
        output += text;
        const launcher = /ready (\d+)/.exec(output)?.[1];
        if (launcher !== undefined && !asked) {
          asked = true;
          terminal.stdin.write('\x03');
        }
        // By way of the launcher: behind anything that it would have passed on before.
        if (output.includes('interrupt 1') && !told) {
          told = true;
          process.kill(Number(launcher), 'SIGUSR2');
        }
      });
      const code = await new Promise((resolve) => terminal.on('close', resolve));
      expect(output).toContain('counted 1');
      expect(code).toBe(0);
    } finally {
      fs.rmSync(file);
    }
  },
);
