// All measures, in the order in which they run and are shown.
'use strict';

const { million, throughput } = require('./throughput');

/** @type {import('../lib/types').Measure[]} */
module.exports = [
  throughput,
  million,
  require('./latency'),
  require('./stages'),
  require('./startup'),
  require('./http'),
  require('./mask'),
  require('./cgo'),
];
