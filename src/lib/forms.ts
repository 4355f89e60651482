import type { z } from 'zod';
import { Refusal } from '#lib/errors.ts';

/** What a form answers: done with the act's result, or what was typed with what is wrong with it. */
export type Submission<T> =
  | { done: true; value: T }
  | {
      done: false;
      status: 409 | 422 | 429;
      values: Record<string, string>;
      errors: Record<string, string>;
      message: string;
    };

/** A form nobody has submitted yet. */
export interface BlankForm {
  values: Record<string, string>;
  errors: Record<string, string>;
  message: string;
}
export function blankForm(values: Record<string, string> = {}): BlankForm {
  return { values, errors: {}, message: '' };
}

const lookAtFields = '표시된 칸을 확인해 주세요.';

/**
 * Checks what was typed and runs the act: 422 with a message beside each wrong field, 409 when the act is
 * refused, or 422 when it blames one field. What was typed comes back in `values` either way; other errors are
 * thrown on.
 */
export async function submit<S extends z.ZodType, T>(
  schema: S,
  body: unknown,
  act: (input: z.output<S>) => Promise<T>,
): Promise<Submission<T>> {
  const values = typedText(body);
  const parsed = schema.safeParse(body ?? {});
  if (!parsed.success) {
    const errors: Record<string, string> = {};
    for (const issue of parsed.error.issues) errors[String(issue.path[0] ?? 'form')] ??= issue.message;
    return { done: false, status: 422, values, errors, message: lookAtFields };
  }
  try {
    return { done: true, value: await act(parsed.data) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.field)
      return {
        done: false,
        status: 422,
        values,
        errors: { [error.field]: error.message },
        message: lookAtFields,
      };
    return { done: false, status: error.status, values, errors: {}, message: error.message };
  }
}

/** Passwords are not given back to the page. */
function typedText(body: unknown): Record<string, string> {
  const entries = Object.entries((body ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    entries.filter(([name, value]) => typeof value === 'string' && !/password/i.test(name)) as [
      string,
      string,
    ][],
  );
}
