// onDisplaced(): told when somebody had put a handler over ours. JS thread; keeps nothing alive.
'use strict';

const { displacedListeners } = require('./dispatcher');
const { toFunction } = require('./validate');

/** @type {typeof Symbol.dispose} */
const dispose = /** @type {any} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));

/** @param {(info: import('../binding').DisplacedInfo) => unknown} listener */
function onDisplaced(listener) {
  const entry = { deliver: toFunction(listener, 'listener') };
  displacedListeners.add(entry);
  const close = () => void displacedListeners.delete(entry);
  return { close, [dispose]: close };
}

module.exports = { onDisplaced };
