import { takesFiles } from '#lib/web/uploads.ts';
import { fileSizeLimit } from './receiving.ts';

const filesAtOnce = 20;

export const takeFiles = takesFiles({
  fileBytes: fileSizeLimit,
  files: filesAtOnce,
  tooLarge: '50MB보다 큰 파일이 있어 아무것도 올리지 않았습니다. 기간을 나누어 내려받아 주세요.',
  tooMany: `파일은 한 번에 ${filesAtOnce}개까지 올릴 수 있습니다. 나누어 올려 주세요.`,
});
