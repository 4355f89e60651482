import fc from 'fast-check';

/** What must never come back as it was sent: no element, no way out of an attribute, no header. */
export const mark = 'moa7fuzz';

/** What a template that evaluates what was typed would print. */
export const evaluated = '382258049';

/** Values that forms, addresses and cookies of other programs have broken at. */
export const nastyValues: readonly string[] = [
  '',
  ' ',
  '0',
  '-1',
  '1.5',
  '1e309',
  'NaN',
  '-0',
  '999999999999999',
  '99999999999999999999999999',
  '0x1F',
  '１２３',
  'true',
  'null',
  'undefined',
  '[object Object]',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '2026-02-31',
  '0000-00-00',
  '9999-12-31',
  '275760-09-14',
  '2026-11-21T25:61:61',
  `<${mark} onload=alert(1)>`,
  `"${mark}="`,
  `'${mark}='`,
  `</textarea></title></script><${mark}>`,
  `javascript:alert("${mark}")`,
  '{{48271*7919}}',
  '<%= 48271*7919 %>',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is sent as it stands
  '${48271*7919}',
  "' OR 1=1 -- ",
  '"; DROP TABLE orders; --',
  "1' AND SLEEP(9) AND '1'='1",
  '%_\\',
  '+가* -나 "',
  '(((((((((((((((((((((((((((((a+)+)+$',
  '../../../../../../etc/passwd',
  '..\\..\\..\\boot.ini',
  'file:///etc/passwd',
  '//evil.example/x',
  'https://evil.example/',
  '/\\evil.example',
  `x\r\nset-cookie: ${mark}=1\r\n\r\n<${mark}>`,
  '\0',
  'a\0b',
  '\u0007\u001b[31m\u007f',
  '\u202e\u200b\ufeff',
  '\ud800',
  '\udfff가\ud83d',
  '👨‍👩‍👧‍👦🇰🇷🛏️',
  '가'.normalize('NFD').repeat(40),
  'ﷺ'.repeat(30),
  `Z${'̨̖̗'.repeat(60)}`,
  '=HYPERLINK("http://evil.example")',
  '%00',
  '%2e%2e%2f',
  '가'.repeat(3000),
  'A'.repeat(10_000),
];

/** Written into an address or a form as it is: what cannot be decoded, or names what it should not. */
export const nastyPairs: readonly string[] = [
  '%',
  '%=%',
  'q=%E0%A4%A&page=%u0041',
  'q=%ED%A0%80&from=%FF%FE',
  'q=%C0%AE%C0%AE%2F',
  '=1&=2&&&==',
  '__proto__=1&__proto__[toString]=1&__proto__.x=1',
  'constructor=1&constructor[prototype][x]=1&prototype=1',
  'hasOwnProperty=1&toString=1&valueOf=1&then=1&length=99&toJSON=1',
  'q[]=1&q[]=2&q[a]=3&q[a][b]=4&page[]=1&id[0]=1&ids[0]=1',
  'id=1&id=2&ids=1&ids=x&ids=&ids=-1&ids=1e400',
  Array.from({ length: 1000 }, (_, at) => `f${at}=${at}`).join('&'),
];

/** Anything else that is text. */
export const anyValue: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => `<${mark} ${text}"${mark}='`),
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.json({ maxDepth: 2 }),
  fc.tuple(fc.constantFrom(...nastyValues), fc.constantFrom(...nastyValues)).map((two) => two.join('')),
);
