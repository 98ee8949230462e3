// What must be true of a checkout before it is published: each check gives the sentences that speak against it.
'use strict';

const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { fileNames, folderIn } = require('../prebuilds/targets');
const { released } = require('./changelog');

const BRANCH = 'main';

/** @param {string} root @param {string[]} args */
const git = (root, ...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

/** @param {string} root */
const packageOf = (root) => JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));

/** @param {string} root @returns {string} */
const versionOf = (root) => packageOf(root).version;

/** @param {string} root */
function tree(root) {
  const changes = git(root, 'status', '--porcelain');
  return changes === '' ? [] : [`The tree is dirty:\n${changes}`];
}

/** @param {string} root */
function branch(root) {
  const current = git(root, 'branch', '--show-current');
  if (current === BRANCH) return [];
  if (current !== '') return [`The branch is '${current}', not '${BRANCH}'.`];
  // A tag that CI has checked out is on no branch.
  const { status } = spawnSync('git', ['merge-base', '--is-ancestor', 'HEAD', `origin/${BRANCH}`], {
    cwd: root,
  });
  return status === 0 ? [] : [`HEAD is on no branch, and not part of origin/${BRANCH}.`];
}

/** @param {string} root */
function tag(root) {
  const wanted = `v${versionOf(root)}`;
  const tags = git(root, 'tag', '--points-at', 'HEAD').split('\n').filter(Boolean);
  if (tags.includes(wanted)) return [];
  return [`HEAD has no tag ${wanted}, which package.json asks for; it has ${tags.join(', ') || 'none'}.`];
}

// npm compares it with the repository that the provenance is from.
/** @param {string} root */
function repository(root) {
  const { repository: named } = packageOf(root);
  return named === undefined ? ['package.json names no repository, which provenance needs.'] : [];
}

/** @param {string} root */
function changelog(root) {
  const version = versionOf(root);
  const text = fs.readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8');
  return released(text, version) ? [] : [`CHANGELOG.md says nothing of ${version}.`];
}

/** @param {string} root */
function binaries(root) {
  const missing = fileNames.filter((name) => {
    const found = fs.statSync(path.join(folderIn(root), name), { throwIfNoEntry: false });
    return found === undefined || found.size === 0;
  });
  if (missing.length === 0) return [];
  return [`prebuilds/ lacks ${missing.join(', ')}; 'npm run prebuilds' makes them.`];
}

/** @param {string} root @returns {string[]} */
const objections = (root) =>
  [tree, branch, tag, repository, changelog, binaries].flatMap((check) => check(root));

module.exports = { objections, versionOf };
