// Runs a build tool silently; on a terminal, one line shows how far it is.
'use strict';

const { spawn } = require('node:child_process');
const path = require('node:path');

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, title: string, out: NodeJS.WriteStream, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
function run(command, args, { cwd, title, out, env = process.env }) {
  // CMake asks `node` for the header folders. Last, so that it brings no other compiler with it.
  const PATH = [env.PATH, path.dirname(process.execPath)].join(path.delimiter);
  const child = spawn(command, args, { cwd, env: { ...env, PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const status = (/** @type {string} */ text) => {
    if (out.isTTY) out.write(`\r\x1b[K${text}`);
  };
  status(title);
  /** @param {Buffer} chunk */
  const onData = (chunk) => {
    output += chunk;
    const steps = chunk.toString().match(/^\[ *\d+(?:\/\d+|%)\]/gm);
    if (steps) status(`${title} ${steps[steps.length - 1]}`);
  };
  child.stdout.on('data', onData);
  child.stderr.on('data', onData);
  return new Promise((resolve) => {
    /** @param {boolean} ok */
    const finish = (ok) => {
      status('');
      resolve({ ok, output });
    };
    child.on('error', (error) => {
      output += error.message;
      finish(false);
    });
    child.on('close', (code) => finish(code === 0));
  });
}

/** @param {string} output of ninja or make */
function withoutProgress(output) {
  return output.replace(/^(?:\[ *\d+(?:\/\d+|%)\]|-- |ninja: build stopped|g?make.*: \*\*\*).*\n/gm, '');
}

module.exports = { run, withoutProgress };
