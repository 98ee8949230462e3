// What the types refuse a program that requires the package. Compiled, never run.
import sigbridge = require('sigbridge');

// @ts-expect-error an object of functions, none itself
sigbridge('SIGTERM');
// @ts-expect-error no such name
sigbridge.onSignals('SIGTERM', () => {});
// @ts-expect-error named, not a default
sigbridge.default.onSignal('SIGTERM', () => {});
