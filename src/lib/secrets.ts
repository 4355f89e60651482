import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** A key for one purpose, derived from the installation's secret. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'moa', purpose, 32));
}

/** Encrypts what rests in the database, with a key of its own for each purpose. */
export interface Vault {
  seal(purpose: string, plain: Uint8Array): Buffer;
  /** Throws when it was sealed for another purpose, with another secret, or a byte was changed. */
  open(purpose: string, sealed: Buffer): Buffer;
}

export function createVault(secret: string): Vault {
  const keys = new Map<string, Buffer>();
  const keyFor = (purpose: string): Buffer => {
    const key = keys.get(purpose) ?? deriveKey(secret, purpose);
    keys.set(purpose, key);
    return key;
  };
  return {
    seal: (purpose, plain) => encrypt(keyFor(purpose), plain),
    open: (purpose, sealed) => decrypt(keyFor(purpose), sealed),
  };
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
