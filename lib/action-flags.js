// What a subscriber may choose about the handler itself: SA_RESTART, SA_NOCLDSTOP, SA_NOCLDWAIT. They belong to the
// signal, not to a listener: the first subscription in the process fixes them. JS thread.
'use strict';

const { native } = require('./binding');
const { conflict, outOfRange } = require('./errors');
const { toFlag } = require('./validate');

// The numbering of src/node/action_flags.h.
const RESTART = 1;
const CHILD_FLAGS = /** @type {const} */ ({ noChildStop: 2, noChildWait: 4 });
const NAMES = /** @type {const} */ ([
  ['SA_RESTART', RESTART],
  ['SA_NOCLDSTOP', CHILD_FLAGS.noChildStop],
  ['SA_NOCLDWAIT', CHILD_FLAGS.noChildWait],
]);

/** @typedef {{ set: number, asked: number }} Flags `asked`: the bits that the subscriber said something about */

/** @type {Flags} */
const UNSAID = Object.freeze({ set: RESTART, asked: 0 });
const unsaid = () => UNSAID;

/**
 * The flags for each of the signals; the child's go to SIGCHLD alone.
 * @param {{ restart?: unknown, noChildStop?: unknown, noChildWait?: unknown }} options
 * @param {readonly number[]} signos
 * @returns {(signo: number) => Flags}
 */
function toActionFlags(options, signos) {
  const { restart, noChildStop, noChildWait } = options;
  // Nearly always; a subscription that comes and goes makes no garbage for it.
  if (restart === undefined && noChildStop === undefined && noChildWait === undefined) return unsaid;
  const sigchld = native().numberOf('SIGCHLD');
  const common = { ...UNSAID };
  if (restart !== undefined) {
    common.set = toFlag(restart, 'restart') ? RESTART : 0;
    common.asked = RESTART;
  }
  const child = { ...common };
  for (const [name, bit] of Object.entries(CHILD_FLAGS)) {
    const value = options[/** @type {keyof typeof CHILD_FLAGS} */ (name)];
    if (value === undefined) continue;
    const on = toFlag(value, name);
    if (on && !signos.includes(sigchld)) {
      throw outOfRange(`options.${name}`, 'false or left out where SIGCHLD is not among the signals', value);
    }
    child.set |= on ? bit : 0;
    child.asked |= bit;
  }
  return (signo) => (signo === sigchld ? child : common);
}

/** @param {number} bits */
const show = (bits) => NAMES.flatMap(([name, bit]) => (bits & bit ? [name] : [])).join(' and ') || 'none';

/**
 * The error for those of `signos` that stand with other flags than asked for; nothing where all agree.
 * @param {readonly number[]} signos with a subscription somewhere in the process
 * @param {(signo: number) => Flags} flagsOf
 */
function disagreement(signos, flagsOf) {
  for (const signo of signos) {
    const { set, asked } = flagsOf(signo);
    const taken = native().takenFlags(signo);
    if (((taken ^ set) & asked) === 0) continue;
    const name = native().nameOf(signo);
    return conflict(
      `signals: ${name} is subscribed already, with ${show(taken)} of the flags; these options ask for ${show(set)}`,
    );
  }
  return undefined;
}

module.exports = { UNSAID, disagreement, toActionFlags };
