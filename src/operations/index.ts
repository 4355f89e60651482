export { type Watching, watchProcess } from './watching.ts';
