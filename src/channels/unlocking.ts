export { openFile, PasswordNeeded } from '#lib/xlsx/unlocking.ts';
