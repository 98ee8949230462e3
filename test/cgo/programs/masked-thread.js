// The addons that include <sigbridge/masked_thread.h>: what their threads say of themselves. Also as `cgo`.
'use strict';

const { emit } = require('../../fixtures/lib/report');
const { fixture } = require('./lib/native');

const [which] = process.argv.slice(2);
const addon = require(fixture(`${which}.node`));
/** @param {Record<string, any>} facts */
const shown = (facts) =>
  Object.fromEntries(Object.entries(facts).map(([k, v]) => [k, typeof v === 'bigint' ? v.toString(16) : v]));

emit('default', shown(addon.start(0)));
if (which !== 'masked') {
  emit('small', shown(addon.start(256 * 1024)));
  // More than there is address space for, and less than a thread can have.
  emit('huge', shown(addon.start(2 ** 47)));
  emit('tiny', shown(addon.start(1)));
}
emit('end', { stops: addon.stops?.() ?? null });
process.exit(0);
