// A stream of deliveries in the shapes that other interfaces take: a web stream, an EventEmitter. JS thread; by next() and
// return() alone, so that capacity, overflow and the end are the stream's own.
'use strict';

const { EventEmitter } = require('node:events');

/** @typedef {import('../binding').SignalInfo} SignalInfo */
/** @typedef {AsyncIterator<SignalInfo> & { return(): Promise<unknown> }} Source */

/**
 * By hand: Bun 1.2 has no ReadableStream.from().
 * @param {Source} source
 * @returns {import('node:stream/web').ReadableStream<SignalInfo>}
 */
function toReadableStream(source) {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await source.return();
      },
    },
    // Nothing is read ahead of a reader.
    { highWaterMark: 0 },
  );
}

/**
 * @param {Source} source
 * @returns {EventEmitter}
 */
function toEventEmitter(source) {
  const emitter = new EventEmitter();
  // For what a listener throws, and for 'error' without a listener: uncaughtException, and the others are still told.
  /** @param {string} event @param {...unknown} values */
  const emit = (event, ...values) => {
    try {
      emitter.emit(event, ...values);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
  const pump = async () => {
    try {
      for await (const info of { [Symbol.asyncIterator]: () => source }) {
        emit('signal', info);
        emit(info.name, info);
      }
    } catch (error) {
      emit('error', error);
    }
    emit('close');
  };
  // Whoever made it adds listeners first.
  queueMicrotask(pump);
  return emitter;
}

module.exports = { toEventEmitter, toReadableStream };
