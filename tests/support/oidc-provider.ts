import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** An OpenID Connect provider on 127.0.0.1 that signs with a key of its own and checks what it is sent. */
export interface OidcProvider extends AsyncDisposable {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who sits at its screen; undefined turns back to where they came from. */
  person: string | undefined;
  /** What was asked for when somebody last came. */
  asked: URLSearchParams | undefined;
  /** How the next token lies: other claims, or a signature by somebody else. */
  lie: { claims?: Record<string, unknown>; forged?: boolean };
}

interface Grant {
  person: string;
  nonce: string | null;
  challenge: string;
  redirectUri: string;
}

export async function openOidcProvider(): Promise<OidcProvider> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const others = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const grants = new Map<string, Grant>();
  const provider: OidcProvider = {
    issuer: '',
    clientId: 'moa',
    clientSecret: 'a secret of the test',
    person: 'kakao-1',
    asked: undefined,
    lie: {},
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  const server = createServer(async (req, res) => {
    const url = new URL(req.url ?? '', provider.issuer);
    const json = (body: object, status = 200) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

    if (url.pathname === '/.well-known/openid-configuration') return json(metadata(provider.issuer));
    if (url.pathname === '/jwks') {
      const key = keys.publicKey.export({ format: 'jwk' });
      return json({ keys: [{ ...key, kid: 'one', alg: 'RS256', use: 'sig' }] });
    }
    if (url.pathname === '/authorize') return res.writeHead(302, { location: authorize(url) }).end();
    if (url.pathname === '/token') {
      const claims = await redeem(req);
      if (!claims) return json({ error: 'invalid_grant' }, 400);
      const { privateKey } = provider.lie.forged ? others : keys;
      const id_token = signed({ ...claims, ...provider.lie.claims }, privateKey);
      return json({ access_token: randomUUID(), token_type: 'bearer', expires_in: 60, id_token });
    }
    res.writeHead(404).end();
  });

  function authorize(url: URL): string {
    provider.asked = url.searchParams;
    const redirectUri = url.searchParams.get('redirect_uri') ?? '';
    const back = new URL(redirectUri);
    back.searchParams.set('state', url.searchParams.get('state') ?? '');
    if (provider.person === undefined) back.searchParams.set('error', 'access_denied');
    else {
      const code = randomUUID();
      const challenge = url.searchParams.get('code_challenge') ?? '';
      grants.set(code, {
        person: provider.person,
        nonce: url.searchParams.get('nonce'),
        challenge,
        redirectUri,
      });
      back.searchParams.set('code', code);
    }
    return back.href;
  }

  async function redeem(req: IncomingMessage): Promise<Record<string, unknown> | undefined> {
    const form = new URLSearchParams(await text(req));
    const code = form.get('code') ?? '';
    const grant = grants.get(code);
    grants.delete(code);
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isClient =
      form.get('client_id') === provider.clientId && form.get('client_secret') === provider.clientSecret;
    if (!isClient || !grant || grant.challenge !== verifier || grant.redirectUri !== form.get('redirect_uri'))
      return undefined;
    const now = Math.floor(Date.now() / 1000);
    const times = { iat: now, exp: now + 300 };
    return { iss: provider.issuer, aud: provider.clientId, sub: grant.person, nonce: grant.nonce, ...times };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref(); // a test that fails on its way does not wait for it
  provider.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return provider;
}

/** Says nothing of PKCE, as Kakao does not. */
function metadata(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

function signed(claims: object, key: Parameters<typeof sign>[2]): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${part(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}
