import { maskAddress, maskName, maskPhone, maskText } from '#lib/masking.ts';
import { phoneDigits } from '#lib/phone.ts';

/** Words in the title of a file's column that say whose it is. */
const hints: readonly [RegExp, (text: string) => string][] = [
  [/메세지|메시지|메모|요청|상세\s*주소|상세주소|나머지\s*주소|아이디|ID/i, maskText],
  [/주소/, maskAddress],
  [/전화|연락처|휴대폰|핸드폰/, hidePhone],
  [/수취인|수령인|수령자|수하인|인수자|받는|구매자|주문자|주문인|주문고객|보내는|고객명|성명|이름/, maskName],
];

/** A cell of a mall's file as it is shown while its people are hidden, by the title of its column and by its look. */
export function hideCell(title: string, value: string): string {
  if (value === '') return value;
  const [, mask] = hints.find(([hint]) => hint.test(title)) ?? [];
  if (mask) return mask(value);
  if (looksLikePhone(value)) return hidePhone(value);
  return looksLikeAddress(value) ? maskAddress(value) : value;
}

function hidePhone(value: string): string {
  return maskPhone(phoneDigits(value) || value);
}

function looksLikePhone(value: string): boolean {
  return /^[\d\s().+-]+$/.test(value) && /^(0\d{8,11}|82\d{8,10})$/.test(phoneDigits(value));
}

function looksLikeAddress(value: string): boolean {
  return /^(서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|제주|충[청북남]|전[라북남]|경[상북남])\S*\s+\S+[시군구읍면로]\s/.test(
    value,
  );
}
