// What guard() leaves behind, without Go: everything restored. One line a case; `same` is the state before and after.
'use strict';

const os = require('node:os');
const { guard } = require('../../../lib/index.js');
const { attempt, emit } = require('../../fixtures/lib/report');
const { kernel, state } = require('./lib/native');

const { SIGUSR2, SIGHUP } = os.constants.signals;
/** @type {Record<string, () => unknown>} */
const cases = {
  plain() {
    const inside = guard(() => kernel.mask());
    return { inside, ended: guard.lastReport };
  },
  'returns what fn returns'() {
    const value = { an: 'object' };
    return guard(() => value) === value;
  },
  'native code returns NULL'() {
    return guard(() => kernel.open(SIGHUP)) === undefined;
  },
  nested() {
    return guard(() => {
      const outer = kernel.mask();
      const inner = guard(() => kernel.mask());
      return { outer, inner, outerAgain: kernel.mask() };
    });
  },
  'deep down and through a throw'() {
    /** @param {number} depth @returns {number} */
    const dive = (depth) => {
      if (depth === 0) throw new Error('bottom');
      return guard(() => dive(depth - 1));
    };
    return attempt(() => dive(20)).error?.message;
  },
  'throws what fn throws'() {
    const thrown = Object.freeze({ not: 'an error' });
    try {
      guard(() => {
        throw thrown;
      });
    } catch (caught) {
      return caught === thrown;
    }
    return false;
  },
  'an inner one throws, the outer goes on'() {
    return guard(() => {
      const before = kernel.mask();
      const { error } = attempt(() =>
        guard(() => {
          throw new TypeError('inside');
        }),
      );
      return { same: kernel.mask() === before, message: error?.message };
    });
  },
  'fn changes the mask itself'() {
    guard(() => kernel.open(SIGHUP));
    return true;
  },
  're-entered from a getter and from a listener'() {
    const object = {
      get inside() {
        return guard(() => kernel.mask());
      },
    };
    process.once('exit-of-nothing', () => guard(() => object.inside));
    return guard(() => process.emit(/** @type {any} */ ('exit-of-nothing')) && object.inside);
  },
  'no argument': () => attempt(/** @type {any} */ (guard)),
  'not a function': () => attempt(() => guard(/** @type {any} */ ('./addon.node'))),
  'an async function': () => attempt(() => guard(async () => emit('an async function ran'))),
  'a promise': () => attempt(() => guard(() => Promise.resolve(1))),
  'options: not an object': () => attempt(() => guard(() => 1, /** @type {any} */ (5))),
  'options.harden: not a boolean': () => attempt(() => guard(() => 1, /** @type {any} */ ({ harden: 1 }))),
};

/** @param {string} where */
function runAll(where) {
  for (const [name, run] of Object.entries(cases)) {
    const before = state();
    const result = run();
    const after = state();
    emit('case', {
      where,
      name,
      result,
      same: JSON.stringify(before) === JSON.stringify(after),
      before: before.mask,
    });
  }
}

runAll('nothing blocked');
kernel.block(SIGUSR2);
runAll('one blocked');
emit('end');
