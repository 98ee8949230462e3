// The `sigbridge` command itself: help, version, and what it does not know. No process is looked at, no program run.
'use strict';

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { expect, test } = require('@jest/globals');
const { version } = require('../../package.json');

/** @param {string[]} args */
function sigbridge(...args) {
  const main = path.resolve(__dirname, '../../lib/cli/main.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test.each([[[]], [['--help']], [['-h']], [['help']], [['inspect', '--help']], [['run', '--help']]])(
  '%j shows the usage',
  (args) => {
    const { status, stdout, stderr } = sigbridge(...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage:\n {2}sigbridge run .*\n {2}sigbridge inspect PID/);
  },
);

test("--version is the package's", () => {
  expect(sigbridge('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test("a program's own --help is the program's", () => {
  const { status, stdout } = sigbridge(
    'run',
    '--',
    process.execPath,
    '-p',
    'process.argv.at(-1)',
    '--',
    '--help',
  );
  expect({ status, stdout }).toEqual({ status: 0, stdout: '--help\n' });
});

test('a command that there is not', () => {
  const { status, stdout, stderr } = sigbridge('watch');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^sigbridge: no command 'watch'\n\nUsage:/);
});
