export { allow, permissionsByRole, roleNames, signedIn } from './permissions.ts';
