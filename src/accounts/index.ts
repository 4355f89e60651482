export { type CommandIo, userCommands } from './commands.ts';
export { identify } from './identity.ts';
export { changePassword, createUser, disableUser, enableUser, type NewUser } from './managing.ts';
export { allow, anySignIn, type Guard, permissionsByRole, roleNames, signedIn } from './permissions.ts';
export { findUser, findUserByLogin, type User } from './queries.ts';
export { actorOf, permissionsOf, scopeOfUser } from './rights.ts';
