import { type Request, type Response, Router } from 'express';
import { Refusal } from '#lib/errors.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { safePath } from '#lib/web/own-pages.ts';
import { storeOf } from '#lib/web/sessions.ts';
import { renewSession } from '../identity.ts';
import { signedIn } from '../permissions.ts';
import { keepForOnce, takeOnce } from '../shown-once.ts';
import { isHeld } from '../sign-in-rules/keeping-to.ts';
import { mustHaveSecondFactor } from '../sign-in-rules/rules.ts';
import { enrolmentUrl, typedKey } from './codes.rules.ts';
import { beginEnrolment, enrol, openEnrolment, remakeRecoveryCodes, turnOff } from './enrolling.ts';
import { findFactor } from './factors.ts';
import { codeForm, passwordAndCodeForm, passwordForm } from './forms.ts';
import { demandCode, demandPassword, withoutCode } from './proving.ts';
import { qrCode } from './qr-code.ts';

/** A person's own second factor: on, a new phone, new recovery codes, off. */
export const secondFactorRoutes = Router();

secondFactorRoutes.use(signedIn);

secondFactorRoutes.get('/', async (req, res) => {
  await showFactor(req, res, blankForm());
});

secondFactorRoutes.post('/begin', async (req, res) => {
  const form = await proven(req, async () => {
    req.session.enrolment = beginEnrolment(req.ctx, me(req).id);
  });
  if (!form.done) return showFactor(req, res.status(form.status), form);
  res.redirect(303, withNext('/account/second-factor/enrol', req));
});

secondFactorRoutes.get('/enrol', (req, res) => {
  const enrolment = openEnrolment(req.ctx, me(req).id, req.session.enrolment);
  if (!enrolment) return res.redirect(303, withNext('/account/second-factor', req));
  showEnrolment(req, res, enrolment.secret, blankForm());
});

secondFactorRoutes.post('/enrol', async (req, res) => {
  const enrolment = openEnrolment(req.ctx, me(req).id, req.session.enrolment);
  if (!enrolment) {
    req.flash('warning', '시간이 지났습니다. 처음부터 다시 해 주세요.');
    return res.redirect(303, withNext('/account/second-factor', req));
  }
  const form = await submit(codeForm, req.body, ({ code }) => enrol(req.ctx, me(req).id, enrolment, code));
  if (!form.done) return showEnrolment(req, res.status(form.status), enrolment.secret, withoutCode(form));

  await goOnHere(req, { secondFactor: true });
  req.session.newRecoveryCodes = keepForOnce(req.ctx, newCodes(req), form.value);
  req.flash('success', '2단계 인증을 켰습니다. 다른 기기에서는 로그아웃되었습니다.');
  res.redirect(303, withNext('/account/second-factor/codes', req));
});

secondFactorRoutes.get('/codes', (req, res) => {
  const codes = takeOnce<string[]>(req.ctx, newCodes(req), req.session.newRecoveryCodes);
  delete req.session.newRecoveryCodes;
  res.render('accounts/recovery_codes', { codes, login: me(req).login, next: nextOf(req) });
});

secondFactorRoutes.post('/codes', async (req, res) => {
  const form = await proven(req, () => remakeRecoveryCodes(req.ctx, me(req).id));
  if (!form.done) return showFactor(req, res.status(form.status), form);
  req.session.newRecoveryCodes = keepForOnce(req.ctx, newCodes(req), form.value);
  res.redirect(303, '/account/second-factor/codes');
});

secondFactorRoutes.post('/off', async (req, res) => {
  const form = await proven(req, async () => {
    if (await mustHaveSecondFactor(req.ctx, me(req).role))
      throw new Refusal(
        '이 역할은 2단계 인증을 끌 수 없습니다. 휴대전화를 바꾸려면 ‘새 휴대전화로 바꾸기’를 눌러 주세요.',
      );
    await turnOff(req.ctx, me(req).id);
  });
  if (!form.done) return showFactor(req, res.status(form.status), form);
  await goOnHere(req, { secondFactor: false });
  req.flash('success', '2단계 인증을 껐습니다. 다른 기기에서는 로그아웃되었습니다.');
  res.redirect(303, '/account/second-factor');
});

/** The password, and a code from whoever has a factor; both are checked before anything is done. */
async function proven<T>(req: Request, act: () => Promise<T>) {
  const factor = await findFactor(req.ctx, me(req).id);
  const form = await submit(factor ? passwordAndCodeForm : passwordForm, req.body, async (input) => {
    await demandPassword(req.ctx, me(req), input.password);
    if ('code' in input) await demandCode(req.ctx, me(req).id, String(input.code));
    await storeOf(req).moveOn(req);
    return act();
  });
  return form.done ? form : withoutCode(form);
}

/** Changing the factor ended every session; this browser begins another, and stays remembered if it was. */
async function goOnHere(req: Request, { secondFactor }: { secondFactor: boolean }): Promise<void> {
  req.session.secondFactor = secondFactor;
  await renewSession(req, { proven: true });
}

async function showFactor(req: Request, res: Response, form: BlankForm): Promise<void> {
  const [factor, demanded] = await Promise.all([
    findFactor(req.ctx, me(req).id),
    mustHaveSecondFactor(req.ctx, me(req).role),
  ]);
  res.render('accounts/second_factor', { form, factor, demanded, held: isHeld(req), next: nextOf(req) });
}

function showEnrolment(req: Request, res: Response, secret: Uint8Array, form: BlankForm): void {
  res.render('accounts/second_factor_enrol', {
    form,
    picture: qrCode(enrolmentUrl(secret, me(req).login), '인증 앱으로 찍는 QR 코드'),
    key: typedKey(secret),
    next: nextOf(req),
  });
}

const me = (req: Request) => req.user as Express.User;
const newCodes = (req: Request) => ({ what: 'recovery codes to be shown', userId: me(req).id });

function nextOf(req: Request): string {
  return safePath(req.body?.next ?? req.query.next);
}

function withNext(path: string, req: Request): string {
  const next = nextOf(req);
  return next === '/' ? path : `${path}?next=${encodeURIComponent(next)}`;
}
