// The same for `import`: the very same call of harden(), whichever comes first.
import hardening from './harden-now.js';

export default hardening;
