// Modules that tsc meets in this repository and that bring no types.
declare module '*.node' {
  const binary: import('../lib/native').Native;
  export = binary;
}

declare module 'node-api-headers' {
  export const include_dir: string;
}

declare module 'node-addon-api' {
  export const include_dir: string;
}
