/** The act is understood and cannot be done; the message is Korean and goes to the user as it is (409). */
export class Refusal extends Error {
  override name = 'Refusal';
  /** 429: not now, but later. */
  readonly status: 409 | 429 = 409;
  /** The field of a form that is to blame, when it is one alone. */
  readonly field: string | undefined;
  constructor(message: string, { field, ...options }: ErrorOptions & { field?: string } = {}) {
    super(message, options);
    this.field = field;
  }
}

/** It does not exist, or the actor may not see it: both are 404. */
export class NotFound extends Error {
  override name = 'NotFound';
  constructor(message = '찾는 자료가 없습니다.') {
    super(message);
  }
}

/** A setting is missing or wrong; the message names it. */
export class SettingError extends Error {
  override name = 'SettingError';
}

/** Something that is needed is away for the moment; the message is Korean and says what became of the request (503). */
export class Unavailable extends Error {
  override name = 'Unavailable';
}
