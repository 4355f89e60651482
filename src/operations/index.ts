export { type ProcessInfo, processInfo } from './process-info.ts';
