// The same with `import 'sigbridge/harden'` as its first line.
import hardening from 'sigbridge/harden';
import report from '../../fixtures/lib/report.js';

report.emit('imported', { repaired: Array.isArray(hardening.repaired), undo: typeof hardening.undo });
await import('./one-line.js');
