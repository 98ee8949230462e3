// Medians, percentiles and spreads of small lists of numbers.
'use strict';

/**
 * The value that a share of all is not above (nearest rank).
 * @param {readonly number[]} values
 * @param {number} share from 0 to 1
 */
function percentile(values, share) {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** @param {readonly number[]} values */
function median(values) {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * One value a round, told by its median and its extremes.
 * @param {readonly number[]} values
 */
function spread(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

module.exports = { median, percentile, spread };
