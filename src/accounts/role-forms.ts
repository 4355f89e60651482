import { z } from 'zod';
import { roleScopes, userScopes } from './roles.rules.ts';

/** Boxes of one name: none, one or several of them ticked. */
const ticked = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]));

const tickedIds = ticked.transform((texts) => texts.filter((text) => /^\d{1,15}$/.test(text)).map(Number));

export const permissionsForm = z.object({ grant: ticked, seen: z.string('화면을 새로 열어 주세요.') });

export const roleNameForm = z.object({
  name: z
    .string('역할 이름을 적어 주세요.')
    .trim()
    .min(1, '역할 이름을 적어 주세요.')
    .max(40, '40자를 넘을 수 없습니다.'),
});

const idField = z
  .string('따라 할 역할을 골라 주세요.')
  .regex(/^\d{1,15}$/, '따라 할 역할을 골라 주세요.')
  .transform(Number);

export const newRoleForm = roleNameForm.extend({ from: idField });

export const roleScopeForm = z.object({
  scope: z.enum(roleScopes, '범위를 골라 주세요.'),
  channel: tickedIds,
});

export const userScopeForm = z.object({
  scope: z.enum(userScopes, '범위를 골라 주세요.'),
  channel: tickedIds,
});

export const anyForm = z.object({});
