import type { Request, Response } from 'express';
import * as oidc from 'openid-client';
import { type AuthenticateOptions, Strategy } from 'openid-client/passport';
import type { ProviderSettings } from '#lib/config.ts';
import { type Outside, outside } from '#lib/outside.ts';
import { authenticator } from '../identity.ts';

/** Whom the provider has recognised: `subject` is theirs for good, whatever name or address they take. */
export interface Identity {
  issuer: string;
  subject: string;
}

export const callbackPath = '/sign-in/provider/callback';

/** For one answer with all that belongs to it. */
const timeoutSeconds = 5;

/** The provider as this process has met it. */
export function providerOutside({ issuer, name }: ProviderSettings): Outside {
  return outside(`sign-in ${new URL(issuer).host}`, `${name} 로그인`);
}

/** Its pages are somebody else's: what they send back counts only with the state, nonce and verifier we gave along. */
class CarefulStrategy extends Strategy {
  override authorizationRequestParams<O extends AuthenticateOptions>(req: Request, options: O) {
    const params = new URLSearchParams(super.authorizationRequestParams(req, options));
    params.set('state', oidc.randomState());
    params.set('nonce', oidc.randomNonce());
    params.set('redirect_uri', new URL(callbackPath, this.currentUrl(req)).href);
    return params;
  }

  /** Only one address takes answers, also one that carries nothing. */
  override shouldInitiateAuthRequest(_req: Request, url: URL): boolean {
    return url.pathname !== callbackPath;
  }
}

/** Sends the browser to the provider. */
export async function sendToProvider(req: Request, res: Response, settings: ProviderSettings): Promise<void> {
  await runStrategy(req, res, settings);
}

/** Whom the provider recognised; undefined when the person turned back there. Throws for what is not its answer. */
export function hearProvider(
  req: Request,
  res: Response,
  settings: ProviderSettings,
): Promise<Identity | undefined> {
  return runStrategy(req, res, settings);
}

/** Settles when the strategy has recognised somebody, failed, or sent its redirect. */
async function runStrategy(
  req: Request,
  res: Response,
  settings: ProviderSettings,
): Promise<Identity | undefined> {
  const strategy = await strategyFor(settings);
  return new Promise((resolve, reject) => {
    res.once('close', () => resolve(undefined));
    const answer = (error: unknown, identity: Identity | false | null) =>
      error ? reject(error) : resolve(identity || undefined);
    // a copy for each request: passport hangs the request's own answers on it
    const copy = Object.create(strategy) as CarefulStrategy;
    authenticator.authenticate(copy, { session: false }, answer)(req, res, reject);
  });
}

const strategies = new WeakMap<ProviderSettings, Promise<CarefulStrategy>>();

/** Asked for when somebody first needs it: a provider that is down keeps nobody from starting or from passwords. */
function strategyFor(settings: ProviderSettings): Promise<CarefulStrategy> {
  const known = strategies.get(settings) ?? discover(settings);
  strategies.set(settings, known);
  known.catch(() => strategies.delete(settings));
  return known;
}

async function discover(settings: ProviderSettings): Promise<CarefulStrategy> {
  const { issuer, clientId, clientSecret } = settings;
  const url = new URL(issuer);
  const server = providerOutside(settings);
  const execute = [oidc.enableNonRepudiationChecks]; // the signature counts, not only the line it came by
  if (url.protocol === 'http:') execute.push(oidc.allowInsecureRequests);
  const config = await oidc.discovery(url, clientId, clientSecret, undefined, {
    execute,
    timeout: timeoutSeconds,
    [oidc.customFetch]: (address, init) => server.fetch(address, init as RequestInit),
  });
  return new CarefulStrategy({ config, scope: 'openid', sessionKey: 'provider' }, (tokens, done) => {
    const claims = tokens.claims();
    const identity: Identity | false = claims ? { issuer: claims.iss, subject: claims.sub } : false;
    done(null, identity as unknown as Express.User | false); // passport hands it on as it is
  });
}
