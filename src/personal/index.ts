export { accessCommand } from './commands.ts';
export { openSight } from './revealing.ts';
