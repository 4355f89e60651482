export { checkAll } from './checks/checking.ts';
export { checkAndKeep } from './checks/runs.ts';
export { type Beat, listBeats } from './heartbeats.ts';
export { type Watching, watchProcess } from './watching.ts';
