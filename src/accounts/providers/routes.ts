import { type Request, type Response, Router } from 'express';
import type { ProviderSettings } from '#lib/config.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { isSameOrigin } from '#lib/web/csrf.ts';
import { safePath } from '#lib/web/own-pages.ts';
import { confirmed } from '../confirmed.ts';
import { enter } from '../entering.ts';
import { signedIn } from '../permissions.ts';
import { refusePlace } from '../sign-in-rules/keeping-to.ts';
import { hearProvider, type Identity, providerOutside, sendToProvider } from './asking.ts';
import { findLinked, findUserByIdentity, linkIdentity, unlinkIdentity } from './identities.ts';
import type { Errand } from './session-data.ts';

/** Where somebody leaves for the provider and comes back from it. */
export const providerSignIn = Router();

providerSignIn.get('/', async (req, res) => {
  await leaveFor(req, res, { kind: 'sign-in', next: safePath(req.query.next) });
});

providerSignIn.get('/callback', async (req, res) => {
  const provider = providerOf(req);
  const errand = req.session.providerErrand;
  delete req.session.providerErrand;
  const identity = errand && (await heard(req, res, provider));
  if (!errand || !identity) {
    req.flash('warning', `${provider.name}에서 확인을 마치지 못했습니다. 다시 시도해 주세요.`);
    return res.redirect(303, errand?.kind === 'link' ? '/account/provider' : '/sign-in');
  }
  if (errand.kind === 'link') return finishLink(req, res, provider, errand.userId, identity);
  await finishSignIn(req, res, provider, errand.next, identity);
});

/** A person's own link to the provider. */
export const providerAccount = Router();

providerAccount.use(signedIn);

providerAccount.get('/', async (req, res) => {
  const provider = providerOf(req);
  const linked = await findLinked(req.ctx, me(req).id, provider.issuer);
  res.render('accounts/provider', {
    provider: provider.name,
    linked,
    isResting: providerOutside(provider).isResting(),
  });
});

providerAccount.get('/link', confirmed(), async (req, res) => {
  await leaveFor(req, res, { kind: 'link', userId: me(req).id });
});

providerAccount.post('/unlink', confirmed(), async (req, res) => {
  const provider = providerOf(req);
  await unlinkIdentity(req.ctx, me(req).id, provider.issuer);
  req.flash('success', `${provider.name} 연결을 끊었습니다. 이제 아이디와 비밀번호로만 로그인합니다.`);
  res.redirect(303, '/account/provider');
});

/**
 * By a link and not by a form: a form may lead to our own pages alone, so the policy stays the same whether the
 * provider is on or not. Other sites cannot start it.
 */
async function leaveFor(req: Request, res: Response, errand: Errand): Promise<void> {
  const provider = providerOf(req);
  if (!isSameOrigin(req))
    throw new Refusal('다른 사이트에서 시작한 로그인입니다. 모아의 화면에서 다시 시작해 주세요.');
  req.session.providerErrand = errand;
  try {
    await sendToProvider(req, res, provider);
  } catch (error) {
    req.log.warn({ err: error }, 'the provider could not be asked');
    throw new Refusal(`${provider.name}에 연결하지 못했습니다. 아이디와 비밀번호로 로그인해 주세요.`);
  }
}

/** An answer with another state, an expired code, a wrong signature: all the same to the person. */
async function heard(req: Request, res: Response, provider: ProviderSettings): Promise<Identity | undefined> {
  try {
    return await hearProvider(req, res, provider);
  } catch (error) {
    req.log.warn({ err: error }, 'the answer of the provider was refused');
    return undefined;
  }
}

async function finishSignIn(
  req: Request,
  res: Response,
  provider: ProviderSettings,
  next: string,
  identity: Identity,
): Promise<void> {
  const user = await findUserByIdentity(req.ctx, identity);
  if (!user || user.disabled_at) {
    req.flash(
      'danger',
      user
        ? '중지된 계정입니다. 관리자에게 문의해 주세요.'
        : `이 ${provider.name} 계정은 모아의 사용자와 연결되어 있지 않습니다. 먼저 아이디와 비밀번호로 로그인해 내 계정에서 연결해 주세요.`,
    );
    return res.redirect(303, '/sign-in');
  }
  const step = await enter(req, res, user, { by: 'provider', remember: false, next });
  if ('refusedFrom' in step) return refusePlace(req, res, step.refusedFrom);
  res.redirect(303, step.to);
}

async function finishLink(
  req: Request,
  res: Response,
  provider: ProviderSettings,
  userId: number,
  identity: Identity,
): Promise<void> {
  if (req.user?.id !== userId)
    throw new Refusal('연결을 시작한 사람이 로그아웃했습니다. 다시 로그인해 연결해 주세요.');
  await linkIdentity(req.ctx, userId, identity, provider.name);
  req.flash(
    'success',
    `${provider.name} 계정을 연결했습니다. 다음부터 ${provider.name}로도 로그인할 수 있습니다.`,
  );
  res.redirect(303, '/account/provider');
}

function providerOf(req: Request): ProviderSettings {
  const { provider } = req.ctx.config;
  if (!provider) throw new NotFound();
  return provider;
}

const me = (req: Request) => req.user as Express.User;
