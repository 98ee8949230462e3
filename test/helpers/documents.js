// The JavaScript of README.md and docs/*.md, each block made into a program that runs inside of the package, so that
// `sigbridge` is this one. What a block leaves to its reader comes from test/fixtures/lib/documents.js. Jest side.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const ts = require('typescript');

/** @typedef {{ document: string, line: number, code: string }} Block */

const ROOT = path.resolve(__dirname, '../..');
const OUTPUT = path.join(ROOT, 'build/test-documents');
const STUBS = path.join(ROOT, 'test/fixtures/lib/documents.js');
const FENCED = /^```(\w*)[^\n]*\n(.*?)^```$/gms;
const JAVASCRIPT = ['js', 'mjs', 'cjs', 'javascript', 'ts', 'typescript'];

/** @returns {string[]} */
function documents() {
  const chapters = fs.readdirSync(path.join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...chapters.map((name) => `docs/${name}`)];
}

/** @param {string} document @returns {Block[]} */
function blocksOf(document) {
  const text = fs.readFileSync(path.join(ROOT, document), 'utf8');
  return [...text.matchAll(FENCED)]
    .filter(([, language]) => JAVASCRIPT.includes(language))
    .map(({ index, 2: code }) => ({ document, line: text.slice(0, index).split('\n').length + 1, code }));
}

/**
 * As CommonJS of today: Node 20 has no `using`.
 * @param {Block} block
 */
function translate({ document, line, code }) {
  const { outputText, diagnostics = [] } = ts.transpileModule(code, {
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      moduleDetection: ts.ModuleDetectionKind.Force,
      esModuleInterop: true,
    },
  });
  if (diagnostics.length > 0) {
    const [{ start = 0, messageText }] = diagnostics;
    const at = line + code.slice(0, start).split('\n').length - 1;
    throw new SyntaxError(`${document}:${at}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  }
  return outputText;
}

/**
 * @param {Block} block
 * @returns {string} its file
 */
function writeProgram(block) {
  const { document, line, code } = block;
  // A block that goes on where another left off has that one's names.
  const goesOn = !/['"]sigbridge['"]/.test(code);
  // Absolute paths of the documents are not this machine's.
  const placed = translate(block).replace(/(['"`])\/(etc|var)\//g, `$1${OUTPUT}/$2/`);
  const program = `// ${document}:${line}
const documents = require(${JSON.stringify(STUBS)});
documents.provide(${goesOn});
documents.run(async () => {
${placed}
});
`;
  const file = path.join(OUTPUT, `${path.basename(document, '.md')}-${line}.js`);
  fs.writeFileSync(file, program);
  return file;
}

/** What the blocks look for beside them, or at absolute paths. */
function prepareFolder() {
  fs.rmSync(OUTPUT, { recursive: true, force: true });
  for (const folder of ['build', 'etc', 'var/log/shop'])
    fs.mkdirSync(path.join(OUTPUT, folder), { recursive: true });
  fs.writeFileSync(path.join(OUTPUT, 'etc/myapp.json'), '{"port": 8080}');
  // No Go needed: any addon will do.
  fs.copyFileSync(
    path.join(ROOT, 'build/Release/sigbridge.node'),
    path.join(OUTPUT, 'build/my_go_addon.node'),
  );
}

module.exports = { blocksOf, documents, prepareFolder, writeProgram };
