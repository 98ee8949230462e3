// onDisplaced(): told when somebody had put a handler over ours. JS thread; keeps nothing alive.
'use strict';

const { displacedListeners } = require('./dispatcher');
const { toFunction } = require('./validate');

/** @type {typeof Symbol.dispose} */
const dispose = /** @type {any} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));

/** @param {(info: import('../binding').DisplacedInfo) => unknown} listener */
function onDisplaced(listener) {
  const callback = toFunction(listener, 'listener');
  // Of its own: the same function may be given twice.
  const tell = (/** @type {import('../binding').DisplacedInfo} */ info) => callback(info);
  displacedListeners.add(tell);
  const close = () => void displacedListeners.delete(tell);
  return { close, [dispose]: close };
}

module.exports = { onDisplaced };
