import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** A key for one purpose, derived from the installation's secret. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'moa', purpose, 32));
}

/** What the secrets of an installation are: the present one, and those that are still to be understood. */
export interface Secrets {
  secret: string;
  oldSecrets: readonly string[];
}

/** The key of a purpose by each secret, the present one first: make with the first, accept any. */
export function derivedKeys(
  { secret, oldSecrets }: Secrets,
  purpose: string,
): readonly [Buffer, ...Buffer[]] {
  return [deriveKey(secret, purpose), ...oldSecrets.map((old) => deriveKey(old, purpose))];
}

/** Encrypts what rests in the database, with a key of its own for each purpose. */
export interface Vault {
  seal(purpose: string, plain: Uint8Array): Buffer;
  /** Throws when it was sealed for another purpose, with an unknown secret, or a byte was changed. */
  open(purpose: string, sealed: Buffer): Buffer;
  /** The same under the present secret; undefined when it is already. Throws like `open`. */
  reseal(purpose: string, sealed: Buffer): Buffer | undefined;
}

export function createVault(secret: string, oldSecrets: readonly string[] = []): Vault {
  const known = new Map<string, readonly [Buffer, ...Buffer[]]>();
  const keysFor = (purpose: string) => {
    const keys = known.get(purpose) ?? derivedKeys({ secret, oldSecrets }, purpose);
    known.set(purpose, keys);
    return keys;
  };
  return {
    seal: (purpose, plain) => encrypt(keysFor(purpose)[0], plain),
    open: (purpose, sealed) => decryptWithAny(keysFor(purpose), sealed).plain,
    reseal(purpose, sealed) {
      const keys = keysFor(purpose);
      const { plain, key } = decryptWithAny(keys, sealed);
      return key === keys[0] ? undefined : encrypt(keys[0], plain);
    },
  };
}

/** The tag tells which key it was; what none opens is told as the last one finds it. */
function decryptWithAny(
  keys: readonly [Buffer, ...Buffer[]],
  sealed: Buffer,
): { plain: Buffer; key: Buffer } {
  for (const key of keys.slice(0, -1)) {
    try {
      return { plain: decrypt(key, sealed), key };
    } catch {
      // sealed with a later one of the list, or not by us
    }
  }
  const last = keys.at(-1)!;
  return { plain: decrypt(last, sealed), key: last };
}

/** AES-256-GCM: nonce (12) + tag (16) + ciphertext. */
function encrypt(key: Buffer, plain: Uint8Array): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
}
