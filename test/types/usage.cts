// The same package by `require`: TypeScript's two ways to write that. Compiled, never run.
import harden = require('sigbridge/harden');
import sigbridge = require('sigbridge');
import { type SignalInfo, onSignal } from 'sigbridge';

const subscription: sigbridge.Subscription = sigbridge.onSignal('SIGTERM', (info: SignalInfo) => info.name);
const same: typeof sigbridge.onSignal = onSignal;
const undo: () => void = harden.undo;
const error: Error = new sigbridge.SignalError('ERR_SIGNAL_CLOSED', 'closed');

export = { subscription, same, undo, error };
