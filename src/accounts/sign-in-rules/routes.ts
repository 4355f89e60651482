import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { pageBefore } from '#lib/web/own-pages.ts';
import { idOf } from '#lib/web/request.ts';
import { confirmed } from '../confirmed.ts';
import { allow } from '../permissions.ts';
import { findUser } from '../queries.ts';
import { resetSecondFactor } from '../second-factor/enrolling.ts';
import { listFactorHolders } from '../second-factor/factors.ts';
import { addressOf } from './keeping-to.ts';
import {
  findSignInRules,
  placeRuleNames,
  placeRules,
  type RoleRule,
  saveSignInRules,
  secondFactorRuleNames,
  secondFactorRules,
} from './rules.ts';

/** What each role has to give to come in, and from where it may. */
export const signInRuleRoutes = Router();

signInRuleRoutes.use(allow('users.manage'));

const addresses = z.string('주소를 적어 주세요.').max(20_000, '주소 목록이 너무 깁니다.').default('');

signInRuleRoutes.get('/', async (req, res) => {
  const { office, rules } = await findSignInRules(req.ctx);
  await showRules(req, res, blankForm(valuesOf(office, rules)));
});

signInRuleRoutes.post('/', confirmed(), async (req, res) => {
  const { rules: shown } = await findSignInRules(req.ctx);
  const form = await submit(formFor(shown), req.body, (input) => {
    const values = input as Record<string, string>;
    const rules = shown.map(({ role }) => ({
      role,
      second_factor: values[`second_factor_${role}`],
      places: values[`places_${role}`],
      addresses: values[`addresses_${role}`],
    }));
    const saver = { role: (req.user as Express.User).role, address: addressOf(req) };
    return saveSignInRules(req.ctx, { office: values.office as string, rules: rules as RoleRule[] }, saver);
  });
  if (!form.done) return showRules(req, res.status(form.status), form);
  req.flash('success', '로그인 규칙을 저장했습니다. 지금 들어와 있는 사람에게도 바로 적용됩니다.');
  res.redirect(303, '/users/sign-in-rules');
});

signInRuleRoutes.post('/:id/reset-second-factor', confirmed(), async (req, res) => {
  const user = await findUser(req.ctx, idOf(req));
  await resetSecondFactor(req.ctx, user.id);
  req.flash(
    'success',
    `${user.name} 님의 2단계 인증을 초기화했습니다. 다음 로그인부터 코드를 묻지 않습니다.`,
  );
  const from = pageBefore(req) ?? '';
  res.redirect(303, /^\/users\/\d+$/.test(from) ? from : '/users/sign-in-rules');
});

/** A row a role: its fields are named after it. */
function formFor(rules: readonly RoleRule[]) {
  const rowOf = ({ role }: RoleRule) => [
    [`second_factor_${role}`, z.enum(secondFactorRules, { error: '2단계 인증을 골라 주세요.' })],
    [`places_${role}`, z.enum(placeRules, { error: '들어올 수 있는 곳을 골라 주세요.' })],
    [`addresses_${role}`, addresses],
  ];
  return z.object({ office: addresses, ...Object.fromEntries(rules.flatMap(rowOf)) });
}

function valuesOf(office: string, rules: readonly RoleRule[]): Record<string, string> {
  const rowOf = (rule: RoleRule): [string, string][] => [
    [`second_factor_${rule.role}`, rule.second_factor],
    [`places_${rule.role}`, rule.places],
    [`addresses_${rule.role}`, rule.addresses],
  ];
  return { office, ...Object.fromEntries(rules.flatMap(rowOf)) };
}

async function showRules(req: Request, res: Response, form: BlankForm): Promise<void> {
  const [{ rules, names }, holders] = await Promise.all([
    findSignInRules(req.ctx),
    listFactorHolders(req.ctx),
  ]);
  res.render('accounts/sign_in_rules', {
    form,
    roles: rules.map(({ role }) => ({ code: role, name: names[role] })),
    secondFactorRules: secondFactorRules.map((value) => ({ value, label: secondFactorRuleNames[value] })),
    placeRules: placeRules.map((value) => ({ value, label: placeRuleNames[value] })),
    holders,
    roleNames: names,
    address: addressOf(req),
  });
}
