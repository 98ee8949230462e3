#!/usr/bin/env node
// Called by `npm version`: what CHANGELOG.md has under Unreleased goes under the new number and today's date. With --check,
// before anything is changed, only looks whether there is something.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { release } = require('./release/changelog');

const root = process.cwd();
const file = path.join(root, 'CHANGELOG.md');
const onlyCheck = process.argv[2] === '--check';

try {
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const today = new Date().toISOString().slice(0, 10);
  const text = release(fs.readFileSync(file, 'utf8'), onlyCheck ? 'the next version' : version, today);
  if (!onlyCheck) fs.writeFileSync(file, text);
} catch (error) {
  console.error(`version: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
