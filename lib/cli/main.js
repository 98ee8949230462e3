#!/usr/bin/env node
// The `sigbridge` command: picks the subcommand, prints help. Main thread.
'use strict';

const USAGE = `Usage:
  sigbridge run [--report] -- COMMAND [ARGUMENT...]
  sigbridge inspect PID [--json] [--check] [--watch [SECONDS]]

run         Runs a Node, Bun or Deno program unchanged, with every signal handler made safe for Go (cgo) code in
            the process: from the first, also for libraries that load on first use. Exit status and signals pass
            through.
  --report  One line on stderr for each handler that is repaired.

inspect     What a process does on each signal, what its threads block, what is pending, and warnings with what to do
            about them. Exit status: 0; 1 when the process is not there or not to be seen; 2 for wrong arguments.
  --json    The whole of it as JSON; with --watch one line each time.
  --check   Exit status 3 when there are warnings.
  --watch   Again every SECONDS (2), until Ctrl-C, SIGTERM or the process's end.
`;

/** @param {string} arg */
const isHelp = (arg) => arg === '--help' || arg === '-h';

/** @param {string[]} args */
async function main([command, ...rest]) {
  // What stands behind `run --` is the program's.
  const asked = command === 'run' ? rest.slice(0, 1) : rest;
  if (command === undefined || command === 'help' || [command, ...asked].some(isHelp)) {
    process.stdout.write(USAGE);
    return;
  }
  if (command === '--version' || command === '-v') {
    process.stdout.write(`${require('../../package.json').version}\n`);
    return;
  }
  if (command === 'run') {
    await require('./run').run(rest);
    return;
  }
  if (command === 'inspect') {
    await require('./inspect').run(rest);
    return;
  }
  process.stderr.write(`sigbridge: no command '${command}'\n\n${USAGE}`);
  process.exitCode = 2;
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`sigbridge: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
});
