export { accessCommand } from './commands.ts';
export { keptDays } from './kept-days.ts';
export { openSight } from './revealing.ts';
