export { checkAll } from './checks/checking.ts';
export { checkAndKeep, latestCheck } from './checks/runs.ts';
export { type ProcessInfo, processInfo } from './process-info.ts';
