// Jest's global setup: the tests of a clone test what the clone was built to, never the binaries made for a package some
// time ago. Workers and the programs they start inherit it.
'use strict';

module.exports = () => {
  process.env.SIGBRIDGE_BUILD = 'local';
};
