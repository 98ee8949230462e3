import type { Hardening } from '../binding';

/** The handle of the harden() that the import made. */
declare const hardening: Hardening;
export = hardening;
