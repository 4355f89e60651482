import { Router } from 'express';
import { z } from 'zod';
import { NotFound } from '#lib/errors.ts';
import { blankForm, submit } from '#lib/forms.ts';
import { confirmed } from './confirmed.ts';
import { allow, roleNames } from './permissions.ts';
import { absoluteRange, idleRange, usualLimits } from './session-limits.rules.ts';
import { listSessionLimits, setSessionLimits } from './session-limits.ts';

/** /users/session-limits: how long the sessions of each role last. */
export const sessionLimitRoutes = Router();

sessionLimitRoutes.use(allow('users.manage'));

const wholeNumber = (message: string) =>
  z
    .string(message)
    .trim()
    .regex(/^\d{1,3}$/, message)
    .transform(Number);

const limitsForm = z
  .object({
    role: z.string(),
    idle_minutes: wholeNumber('분을 숫자로 적어 주세요.').refine(
      (minutes) => minutes >= idleRange.from && minutes <= idleRange.to,
      `${idleRange.from}분에서 ${idleRange.to}분 사이로 적어 주세요.`,
    ),
    absolute_hours: wholeNumber('시간을 숫자로 적어 주세요.').refine(
      (hours) => hours >= 1 && hours * 60 <= absoluteRange.to,
      `1시간에서 ${absoluteRange.to / 60}시간 사이로 적어 주세요.`,
    ),
    may_be_remembered: z.literal('yes').optional(),
  })
  .refine(({ idle_minutes, absolute_hours }) => idle_minutes <= absolute_hours * 60, {
    path: ['idle_minutes'],
    error: '가장 긴 시간보다 길 수 없습니다.',
  });

sessionLimitRoutes.get('/', async (req, res) => {
  res.render('accounts/session_limits', { form: blankForm(), roles: await rolesWithLimits(req.ctx) });
});

sessionLimitRoutes.post('/', confirmed(), async (req, res) => {
  const form = await submit(limitsForm, req.body, async (input) => {
    if (!(await roleNames(req.ctx))[input.role]) throw new NotFound('찾는 역할이 없습니다.');
    await setSessionLimits(req.ctx, input.role, {
      idleMinutes: input.idle_minutes,
      absoluteMinutes: input.absolute_hours * 60,
      mayBeRemembered: input.may_be_remembered === 'yes',
    });
    return input.role;
  });
  const roles = await rolesWithLimits(req.ctx);
  if (!form.done) return res.status(form.status).render('accounts/session_limits', { form, roles });
  req.flash(
    'success',
    `${roles.find(({ code }) => code === form.value)?.name} 역할의 로그인 시간을 저장했습니다.`,
  );
  res.redirect(303, '/users/session-limits');
});

async function rolesWithLimits(ctx: Parameters<typeof roleNames>[0]) {
  const own = await listSessionLimits(ctx);
  return Object.entries(await roleNames(ctx)).map(([code, name]) => ({
    code,
    name,
    limits: own.get(code) ?? usualLimits,
  }));
}
