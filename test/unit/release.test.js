// What is refused before a release, and what `npm version` does to the changelog: in small repositories of git, with an
// npm that only says how it was called.
'use strict';

const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } = require('@jest/globals');
const { fileNames } = require('../../scripts/prebuilds/targets');

const SCRIPTS = path.resolve(__dirname, '../../scripts');
const CHANGELOG = `# Changelog

## Unreleased

### Added

- A thing.

## 1.0.0 - 2026-01-31

### Added

- The first thing.
`;

/** @type {string} */
let folder;
/** @type {string} the repository */
let clone;

const IDENTITY = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((role) => [
      [`GIT_${role}_NAME`, 'test'],
      [`GIT_${role}_EMAIL`, 'test@example.invalid'],
    ]),
  ),
};

/** @param {string[]} args */
const git = (...args) =>
  execFileSync('git', args, {
    cwd: clone,
    encoding: 'utf8',
    env: { ...process.env, ...IDENTITY },
    stdio: 'pipe',
  });

/** @param {string} name @param {string} text */
const write = (name, text) => fs.writeFileSync(path.join(clone, name), text);
const read = (/** @type {string} */ name) => fs.readFileSync(path.join(clone, name), 'utf8');

/** @param {string} script @param {string[]} args */
function run(script, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(SCRIPTS, script), ...args], {
    cwd: clone,
    encoding: 'utf8',
    env: { ...process.env, ...IDENTITY, PATH: `${folder}/bin:${process.env.PATH}` },
  });
  return { status, stdout, stderr };
}

/** A checkout of 1.0.0 that nothing speaks against; each test has a copy. */
const original = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-release-'));

beforeAll(() => {
  clone = original;
  fs.mkdirSync(path.join(clone, 'prebuilds'));
  for (const name of fileNames) write(`prebuilds/${name}`, 'binary');
  write('package.json', '{"name": "thing", "version": "1.0.0", "repository": "a/b"}\n');
  write('CHANGELOG.md', CHANGELOG);
  write('.gitignore', 'prebuilds\n');
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message', 'all');
  git('tag', 'v1.0.0');
});
afterAll(() => fs.rmSync(original, { recursive: true }));

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-release-'));
  clone = path.join(folder, 'clone');
  fs.cpSync(original, clone, { recursive: true });
  fs.mkdirSync(path.join(folder, 'bin'));
  fs.writeFileSync(path.join(folder, 'bin/npm'), '#!/bin/sh\necho "npm $*"\n', { mode: 0o755 });
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

describe('npm run release', () => {
  test('publishes with provenance what nothing speaks against, and runs no script', () => {
    expect(run('release.js')).toEqual({
      status: 0,
      stdout: 'release: 1.0.0 is ready\nnpm publish --ignore-scripts --access public --provenance\n',
      stderr: '',
    });
  });

  test('--dry-run rehearses', () => {
    const { status, stdout } = run('release.js', '--dry-run');
    expect({ status, last: stdout.split('\n').at(-2) }).toEqual({
      status: 0,
      last: 'npm publish --ignore-scripts --access public --dry-run',
    });
  });

  test('a tag that is checked out, as CI does it, when it is part of origin/main', () => {
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    git('checkout', '--quiet', '--detach');
    expect(run('release.js')).toMatchObject({ status: 0 });
  });

  /** @type {[what: string, spoil: () => void, said: string][]} */
  const REFUSED = [
    [
      'a change that is not committed',
      () => write('CHANGELOG.md', `${CHANGELOG}\n`),
      'The tree is dirty:\nM CHANGELOG.md',
    ],
    ['a file that git does not know', () => write('stray', ''), 'The tree is dirty:\n?? stray'],
    ['another branch', () => git('checkout', '--quiet', '-b', 'other'), "The branch is 'other', not 'main'."],
    [
      'no branch',
      () => git('checkout', '--quiet', '--detach'),
      'HEAD is on no branch, and not part of origin/main.',
    ],
    [
      'no tag',
      () => git('tag', '--delete', 'v1.0.0'),
      'HEAD has no tag v1.0.0, which package.json asks for; it has none.',
    ],
    [
      'the tag of another version',
      () => {
        git('tag', '--delete', 'v1.0.0');
        git('tag', 'v1.0.1');
      },
      'HEAD has no tag v1.0.0, which package.json asks for; it has v1.0.1.',
    ],
    [
      'a version that the changelog does not know',
      () => {
        write('package.json', '{"name": "thing", "version": "1.1.0", "repository": "a/b"}\n');
        git('commit', '--quiet', '--all', '--message', 'next');
        git('tag', 'v1.1.0');
      },
      'CHANGELOG.md says nothing of 1.1.0.',
    ],
    [
      'a package that names no repository',
      () => {
        write('package.json', '{"name": "thing", "version": "1.0.0"}\n');
        git('commit', '--quiet', '--all', '--message', 'no repository');
        git('tag', '--force', 'v1.0.0');
      },
      'package.json names no repository, which provenance needs.',
    ],
    [
      'a missing binary, and an empty one',
      () => {
        fs.rmSync(path.join(clone, 'prebuilds', fileNames[1]));
        write(`prebuilds/${fileNames[3]}`, '');
      },
      `prebuilds/ lacks ${fileNames[1]}, ${fileNames[3]}; 'npm run prebuilds' makes them.`,
    ],
  ];
  test.each(REFUSED)('refuses %s', (_what, spoil, said) => {
    spoil();
    for (const args of [[], ['--dry-run']]) {
      expect(run('release.js', ...args)).toEqual({ status: 1, stdout: '', stderr: `release: ${said}\n` });
    }
  });

  test('an option that it does not know is no release', () => {
    const { status, stdout, stderr } = run('release.js', '--dryrun');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('--dryrun');
  });
});

describe('npm version', () => {
  test('puts what is unreleased under the number and the day', () => {
    write('package.json', '{"name": "thing", "version": "1.1.0", "repository": "a/b"}\n');
    expect(run('version.js')).toEqual({ status: 0, stdout: '', stderr: '' });
    const today = new Date().toISOString().slice(0, 10);
    expect(read('CHANGELOG.md')).toBe(
      CHANGELOG.replace('## Unreleased\n', `## Unreleased\n\n## 1.1.0 - ${today}\n`),
    );
    // Once.
    const { status, stderr } = run('version.js');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "version: CHANGELOG.md has nothing under '## Unreleased': what would 1.1.0 be?\n",
    });
  });

  test.each([
    ['nothing', '## Unreleased\n'],
    ['empty headings', '## Unreleased\n\n### Added\n\n### Fixed\n'],
    ['no such heading', '## Later\n'],
  ])('refuses before anything is changed: %s', (_what, unreleased) => {
    const text = CHANGELOG.replace(/## Unreleased\n[\s\S]*?(?=## 1\.0\.0)/, `${unreleased}\n`);
    write('CHANGELOG.md', text);
    const { status, stderr } = run('version.js', '--check');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "version: CHANGELOG.md has nothing under '## Unreleased': what would the next version be?\n",
    });
    expect(read('CHANGELOG.md')).toBe(text);
  });

  test('a look changes nothing', () => {
    expect(run('version.js', '--check')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(read('CHANGELOG.md')).toBe(CHANGELOG);
  });

  test('a version that has been released already is refused', () => {
    const { status, stderr } = run('version.js');
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'version: CHANGELOG.md has 1.0.0 already.\n' });
  });
});
