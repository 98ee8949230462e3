import type { Hardening } from '../binding.js';

/** The handle of the harden() that the import made. */
declare const hardening: Hardening;
export default hardening;
