import type { Ctx } from '#lib/ctx.ts';
import { type EventRow, listEvents } from '#lib/events.ts';

/** Something that happened to an import, in words. */
export interface ImportAct {
  at: Date;
  who: string;
  words: string;
}

/** What people and the worker did with an import, newest first. */
export async function listImportActs(ctx: Ctx, importId: number): Promise<ImportAct[]> {
  const events = await listEvents(ctx, 'import', importId);
  return events.map((event) => ({ at: event.at, who: event.actor_name, words: importEventWords(event) }));
}

export function importEventWords({ name, data }: Pick<EventRow, 'name' | 'data'>): string {
  const told = JSON.parse(data) as {
    reason?: string;
    rows?: number;
    kept_count?: number;
    kind?: string;
    layout?: string;
    file?: string;
  };
  switch (name) {
    case 'import.received':
      return '파일을 올렸습니다.';
    case 'import.read':
      return '파일을 다 읽었습니다.';
    case 'import.refused':
      return '파일을 읽지 못했습니다.';
    case 'import.unmapped':
      return `열을 맞춰야 합니다: ${told.reason}`;
    case 'import.mapped':
      return `열을 맞췄습니다: ${told.layout}`;
    case 'import.cancelled':
      return '읽기를 취소했습니다.';
    case 'import.discarded':
      return '버렸습니다.';
    case 'import.apply_requested':
      return '적용을 눌렀습니다.';
    case 'import.moved':
      return `적용하기 전에 다시 비교해 보니 달라진 행이 ${told.rows?.toLocaleString('ko-KR')}개 있어 다시 물었습니다.`;
    case 'import.applied':
      return '적용했습니다.';
    case 'import.followed':
      return `‘${told.file}’의 기다리던 상태 변경 ${told.rows?.toLocaleString('ko-KR')}건의 주문이 들어와 제안했습니다.`;
    case 'import.waiting_met':
      return `기다리던 ${told.rows?.toLocaleString('ko-KR')}건의 주문이 들어와 이어 제안했습니다.`;
    case 'import.waiting_dismissed':
      return `${told.rows?.toLocaleString('ko-KR')}건은 더 기다리지 않기로 했습니다.`;
    case 'import.rows_forgotten':
      return '보관 기간이 지나 이 파일의 개인정보를 지웠습니다.';
    case 'import.undo_requested':
      return '되돌리기를 눌렀습니다.';
    case 'import.undone':
      return told.kept_count
        ? `되돌렸습니다. ${told.kept_count.toLocaleString('ko-KR')}건은 그대로 두었습니다.`
        : '되돌렸습니다.';
    case 'import.gave_up':
      return told.kind === 'undo'
        ? '되돌리기를 마치지 못해 처음 상태로 돌려놓았습니다.'
        : '적용을 마치지 못해 처음 상태로 돌려놓았습니다.';
    case 'import.original_taken':
      return `원본 파일을 받았습니다: ${told.reason}`;
    case 'import.original_destroyed':
      return '90일이 지나 원본 파일을 지웠습니다.';
    default:
      return name;
  }
}
