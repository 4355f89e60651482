import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { NotFound, Refusal, Unavailable } from '#lib/errors.ts';
import { isOutOfReach } from '#lib/outages.ts';
import { isRedisAway } from '#lib/redis.ts';
import { isDiskFull } from '#lib/troubles.ts';
import { renderView, viewTools } from '#lib/views.ts';
import { pageBefore } from '#lib/web/own-pages.ts';
import { plainLocals, troublesOf } from '#lib/web/pages.ts';
import { redisAway } from '#lib/web/redis-outage.ts';
import { wantsJson } from '#lib/web/request.ts';

/** The person is known and may not do this. */
export class Forbidden extends Error {
  override name = 'Forbidden';
}

/** What a person reads instead of a stack. */
interface Problem {
  status: number;
  title: string;
  message: string;
  /** Where a person who has to sign in again comes back to. */
  next?: string;
}

export const notFound: RequestHandler = (_req, _res, next) => next(new NotFound());

export const errorPages: ErrorRequestHandler = (error, req, res, _next) => {
  if (res.headersSent) return breakOff(error, req, res);
  troublesOf(req)?.hear(error);
  const problem = problemOf(error, req);
  if (problem.status >= 500) req.log.error({ err: error }, 'unexpected error');
  answer(req, res, problem);
};

/** Half an answer must not look like a whole one, nor keep anybody waiting for the rest. */
function breakOff(error: unknown, req: Request, res: Response): void {
  req.log.error({ err: error }, 'unexpected error behind an answer');
  if (!res.writableEnded) res.destroy();
}

function problemOf(error: unknown, req: Request): Problem {
  const { code, status } = error as { code?: string; status?: number };
  if (error instanceof NotFound) {
    return { status: 404, title: '찾을 수 없습니다', message: `${error.message} 주소를 다시 확인해 주세요.` };
  }
  if (error instanceof Refusal) {
    return { status: error.status, title: '처리하지 못했습니다', message: error.message };
  }
  if (error instanceof Forbidden) {
    return {
      status: 403,
      title: '권한이 없습니다',
      message: '이 화면을 보거나 이 작업을 할 권한이 없습니다. 필요하면 관리자에게 요청해 주세요.',
    };
  }
  if (code === 'EBADCSRFTOKEN') return expired(req);
  if (error instanceof Unavailable) return { status: 503, title: awayTitle, message: error.message };
  if (isRedisAway(error)) return { status: 503, title: awayTitle, message: redisAway(req) };
  if (isOutOfReach(error)) return databaseAway(req);
  if (isDiskFull(error)) {
    return {
      status: 507,
      title: '저장 공간이 가득 찼습니다',
      message:
        '서버의 디스크가 가득 차서 방금 하신 일을 저장하지 못했습니다. 관리자에게 알리고, 자리가 생긴 뒤에 다시 해 주세요.',
    };
  }
  if (status === 413 || code === 'LIMIT_FILE_SIZE') {
    return {
      status: 413,
      title: '너무 큽니다',
      message: '보낸 파일이나 내용이 허용된 크기를 넘었습니다. 나누어 다시 보내 주세요.',
    };
  }
  if (code?.startsWith('LIMIT_') || (status && status >= 400 && status < 500)) {
    return {
      status: status ?? 400,
      title: '요청을 읽을 수 없습니다',
      message: '보낸 내용의 형식이 올바르지 않습니다. 이전 화면에서 다시 시도해 주세요.',
    };
  }
  return {
    status: 500,
    title: '문제가 생겼습니다',
    message:
      '요청을 처리하지 못했습니다. 잠시 뒤 다시 시도하고, 계속되면 아래 요청 번호를 관리자에게 알려 주세요.',
  };
}

const awayTitle = '잠시 쓸 수 없습니다';

function databaseAway(req: Request): Problem {
  return {
    status: 503,
    title: '데이터베이스에 연결하지 못했습니다',
    message:
      req.method === 'GET' || req.method === 'HEAD'
        ? '서버를 바꾸는 중이거나 잠시 멈췄습니다. 잠시 뒤 새로고침해 주세요.'
        : '서버를 바꾸는 중이거나 잠시 멈췄습니다. 방금 하신 일이 되었는지 화면에서 확인하고, 되어 있지 않으면 다시 해 주세요.',
  };
}

function expired(req: Request): Problem {
  return {
    status: 403,
    title: '화면을 새로 열어 주세요',
    message: req.user
      ? '이 화면이 오래되어 입력한 내용을 저장하지 않았습니다. 이전 화면을 새로고침한 뒤 다시 시도해 주세요.'
      : '로그인이 끝나 입력한 내용을 저장하지 않았습니다. 다시 로그인한 뒤 시도해 주세요.',
    next: pageBefore(req),
  };
}

function answer(req: Request, res: Response, problem: Problem): void {
  res.status(problem.status);
  if (problem.status === 503) res.set('Retry-After', '5');
  if (wantsJson(req)) {
    res.json({ error: problem.message, requestId: req.id });
    return;
  }
  const comesBack = problem.status === 503 && req.method === 'GET';
  const data = { ...viewTools, ...plainLocals(req), ...problem, comesBack, requestId: String(req.id) };
  res.type('html').send(renderView('errors/error', data));
}
