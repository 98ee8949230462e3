#!/usr/bin/env node
// The addon under ASan with UBSan, and under TSan, in this Node: builds it, and runs process tests with it. What a
// sanitizer reports fails the test it comes from (test/helpers/sanitizer.js). The last line sums them up.
'use strict';

const { spawn, spawnSync } = require('node:child_process');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { Missing, build, checkSanitizer, compiler } = require('./toolchain/instrumented');
const { missingPackages, missingTools } = require('./toolchain/needs');

const root = path.resolve(__dirname, '..');
const out = process.stdout;

/**
 * @typedef {object} Sanitizer
 * @property {string} name what -fsanitize= gets
 * @property {string} folder in build/; scripts/native-tests.js has its tests there too
 * @property {string} library
 * @property {Record<string, string>} options by the variable they go into
 * @property {string[]} tests patterns of Jest's, all of them
 * @property {string[]} few the ones that --few runs
 */

/** @type {Record<string, Sanitizer>} */
const sanitizers = {
  asan: {
    name: 'address,undefined',
    folder: 'asan',
    library: 'libasan.so',
    options: {
      // No search for leaks: every allocation of the addon has frames of Node's above it, and Node leaves its own to the
      // exit; nothing would tell them apart. The native tests search, and the soak watches the memory.
      ASAN_OPTIONS: 'detect_leaks=0:log_path={reports}',
      UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1:log_path={reports}',
    },
    tests: [],
    few: [],
  },
  tsan: {
    name: 'thread',
    folder: 'tsan',
    library: 'libtsan.so',
    options: { TSAN_OPTIONS: 'log_path={reports}' },
    tests: [],
    few: [],
  },
};
