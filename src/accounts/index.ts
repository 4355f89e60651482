export { type CommandIo, userCommands } from './commands.ts';
export { type Confirming, confirmed, onceADay } from './confirmed.ts';
export { identify } from './identity.ts';
export {
  changePassword,
  createUser,
  disableUser,
  enableUser,
  type NewUser,
  setPublicPassword,
} from './managing.ts';
export { makeFirstAdminLink } from './password-links.ts';
export { allow, anySignIn, type Guard, permissionsByRole, roleNames, signedIn } from './permissions.ts';
export { findUser, findUserByLogin, type User } from './queries.ts';
export { closeReleaseCheck, openReleaseCheck } from './release-check.ts';
export { keepSignedIn } from './resuming.ts';
export { actorOf, permissionsOf, scopeOfUser } from './rights.ts';
export { listGrants } from './roles.ts';
export { showHeld } from './sign-in-rules/keeping-to.ts';
export { isStillSignedIn } from './staying.ts';
export { setUserScope } from './user-scope.ts';
