// `import 'sigbridge/harden'`, `node -r sigbridge/harden`: the one import that does something.
'use strict';

module.exports = require('./harden').harden();
