import { Refusal } from '#lib/errors.ts';

/** The file is not one we read; the message is Korean and tells the clerk what to do. */
export class FileRefused extends Refusal {
  override name = 'FileRefused';
}

/** The file is locked and nobody has said the password yet. */
export class FileLocked extends FileRefused {
  override name = 'FileLocked';
  constructor() {
    super('비밀번호가 걸린 파일입니다. 내려받을 때 정한 비밀번호를 입력해 주세요.');
  }
}

/** The password does not open the file: ask again. */
export class WrongPassword extends Refusal {
  override name = 'WrongPassword';
  constructor() {
    super('파일 비밀번호가 맞지 않습니다. 내려받을 때 정한 비밀번호를 다시 입력해 주세요.');
  }
}

export const damaged = (cause?: unknown) =>
  new FileRefused('파일이 손상되어 읽을 수 없습니다. 쇼핑몰에서 다시 내려받아 올려 주세요.', { cause });

export const notSpreadsheet = () =>
  new FileRefused('엑셀 파일이 아닙니다. 쇼핑몰에서 내려받은 엑셀이나 CSV 파일을 그대로 올려 주세요.');

export const tooMuch = (what: string) =>
  new FileRefused(`${what} 이 파일은 안전하게 읽을 수 없습니다. 필요한 주문만 골라 나누어 올려 주세요.`);
