import type { Request, RequestHandler } from 'express';
import type { Redis } from 'ioredis';
import { Unavailable } from '#lib/errors.ts';
import { isLongAway, isRedisAway } from '#lib/redis.ts';

/**
 * Stands before the session. While Redis changes servers everybody waits and notices nothing; when it has been away for
 * longer, people are told at once instead of waiting for each page.
 */
export function tellOfOutage(redis: Redis): RequestHandler {
  return (req, _res, next) => next(isLongAway(redis) ? nothingDone(req) : undefined);
}

/** For what the session store throws: nobody knows who asks, and nothing was begun. */
export function sessionError(error: unknown, req: Pick<Request, 'method'>): unknown {
  return error !== undefined && error !== null && isRedisAway(error) ? nothingDone(req, error) : error;
}

function nothingDone({ method }: Pick<Request, 'method'>, cause?: unknown): Unavailable {
  const what = '로그인 정보를 보관하는 서버(Redis)에 연결하지 못했습니다.';
  return new Unavailable(
    method === 'GET' || method === 'HEAD'
      ? `${what} 연결되면 이 화면이 저절로 다시 열립니다.`
      : `${what} 보낸 내용은 처리하지 않았습니다. 이전 화면으로 돌아가면 적던 내용이 남아 있으니, 잠시 뒤 다시 보내 주세요.`,
    { cause },
  );
}

/** The same when something had been begun. */
export function redisAway({ method }: Pick<Request, 'method'>): string {
  const what = '로그인 정보를 보관하는 서버(Redis)가 대답하지 않습니다.';
  return method === 'GET' || method === 'HEAD'
    ? `${what} 연결되면 이 화면이 저절로 다시 열립니다.`
    : `${what} 방금 하신 일이 되었는지 화면에서 확인하고, 되어 있지 않으면 다시 해 주세요.`;
}
