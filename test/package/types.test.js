// The types as a user of the package gets them: from the packed tarball, by `require` and by `import`, under each way that
// TypeScript resolves packages. No binary is needed.
'use strict';

const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { afterAll, beforeAll, describe, expect, test } = require('@jest/globals');
const ts = require('typescript');

const ROOT = path.resolve(__dirname, '../..');
const CASES = path.join(ROOT, 'test/types');
const { ModuleKind, ModuleResolutionKind, ScriptTarget, SyntaxKind } = ts;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sigbridge-types-'));
const project = path.join(folder, 'project');
const installed = path.join(project, 'node_modules/sigbridge');
let tarball = '';

beforeAll(() => {
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  tarball = path.join(folder, JSON.parse(packed)[0].filename);
  fs.mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
  fs.symlinkSync(path.join(ROOT, 'node_modules/@types'), path.join(project, 'node_modules/@types'));
  fs.cpSync(CASES, project, { recursive: true });
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** @param {string[]} extensions @param {import('typescript').CompilerOptions} options */
function complaints(extensions, options) {
  const files = fs.readdirSync(CASES).filter((name) => extensions.includes(path.extname(name)));
  expect(files).toHaveLength(2 * extensions.length);
  const program = ts.createProgram(
    files.map((name) => path.join(project, name)),
    {
      ...{ noEmit: true, strict: true, skipLibCheck: false, target: ScriptTarget.ES2022 },
      ...{ lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'], types: ['node'] },
      ...{ typeRoots: [path.join(project, 'node_modules/@types')] },
      ...options,
    },
  );
  const used = program.getSourceFiles().some(({ fileName }) => fileName.startsWith(installed));
  expect(used).toBe(true);
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
}

describe('good programs compile, and bad ones do not', () => {
  // As Node resolves it since 16; NodeNext is what `tsc -p .` reads the same files with.
  test('Node, by import and by require', () => {
    const options = { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 };
    expect(complaints(['.mts', '.cts'], options)).toEqual([]);
  });

  test('a bundler', () => {
    const options = { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler };
    expect(complaints(['.mts'], options)).toEqual([]);
  });
});

/** @param {string} command @param {string[]} args */
function check(command, args) {
  const { status, stdout, stderr } = spawnSync(
    path.join(ROOT, 'node_modules/.bin', command),
    [...args, tarball],
    {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    },
  );
  expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
}

test('publint finds nothing', () => check('publint', ['--strict']));

// Without the resolution of before Node 12, which knows no `exports`.
test('arethetypeswrong: they are right', () => check('attw', ['--profile', 'node16', '--format', 'ascii']));

test('`any` is nowhere in them', () => {
  const declarations = fs
    .readdirSync(installed, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.d\.[mc]?ts$/.test(name));
  const { exports: entries } = JSON.parse(fs.readFileSync(path.join(installed, 'package.json'), 'utf8'));
  const named = [...JSON.stringify(entries).matchAll(/"types":"\.\/([^"]+)"/g)].map(([, name]) => name);
  expect(declarations).toEqual(expect.arrayContaining(named));
  /** @type {string[]} */
  const found = [];
  for (const name of named) {
    const source = ts.createSourceFile(
      name,
      fs.readFileSync(path.join(installed, name), 'utf8'),
      ScriptTarget.Latest,
    );
    /** @param {import('typescript').Node} node */
    const visit = (node) => {
      if (node.kind === SyntaxKind.AnyKeyword) {
        const { line } = source.getLineAndCharacterOfPosition(node.pos);
        found.push(`${name}:${line + 1}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  expect(found).toEqual([]);
});
