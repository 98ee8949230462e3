// The types of `import`: the same as those of `require`, told for an ES module. Their text is in binding.d.ts alone.
export * from '../binding.js';
