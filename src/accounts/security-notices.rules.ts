interface Words {
  title: string;
  advice: string;
}

const tellSomebody = '본인이 한 일이 아니면 바로 관리자에게 알려 주세요.';

/** What its person must hear about an account, whoever did it. */
const words = {
  token_theft: {
    title: '로그인 유지 정보가 두 곳에서 쓰였습니다.',
    advice:
      '위 기기에서 이미 쓴 로그인 유지 정보가 다시 왔습니다. 누군가 복사했을 수 있어 모든 기기에서 로그아웃했습니다. 위 기기가 본인 것이어도 비밀번호를 바꿔 주세요.',
  },
  locked: {
    title: '비밀번호를 여러 번 틀려 계정이 잠겼습니다.',
    advice: '처음 보는 기기의 로그인을 한 시간 막았습니다. 본인이 틀린 것이 아니면 관리자에게 알려 주세요.',
  },
  codes_refused: {
    title: '비밀번호는 맞고 2단계 코드가 여러 번 틀렸습니다.',
    advice: '본인이 틀린 것이 아니면 누군가 비밀번호를 압니다. 비밀번호를 바꾸고 관리자에게 알려 주세요.',
  },
  password_changed: { title: '비밀번호가 바뀌었습니다.', advice: tellSomebody },
  link_made: {
    title: '관리자가 비밀번호 재설정 링크를 만들었습니다.',
    advice: '부탁한 적이 없으면 관리자에게 확인해 주세요.',
  },
  second_factor_on: { title: '2단계 인증이 켜졌습니다.', advice: tellSomebody },
  second_factor_replaced: { title: '2단계 인증이 다른 휴대전화로 바뀌었습니다.', advice: tellSomebody },
  second_factor_off: { title: '2단계 인증이 꺼졌습니다.', advice: tellSomebody },
  recovery_codes_made: { title: '복구 코드가 새로 만들어졌습니다.', advice: tellSomebody },
  recovery_code_used: { title: '복구 코드로 본인을 확인했습니다.', advice: tellSomebody },
  provider_linked: { title: '외부 계정이 연결되었습니다.', advice: tellSomebody },
  provider_unlinked: { title: '외부 계정 연결이 끊어졌습니다.', advice: tellSomebody },
} as const satisfies Record<string, Words>;

export type NoticeKind = keyof typeof words;

/** What an administrator has to look into as well. */
export const watchedKinds: readonly NoticeKind[] = ['token_theft'];

/** A kind of the release after this one is named, not hidden. */
export function noticeWords(kind: string): Words {
  return words[kind as NoticeKind] ?? { title: '계정의 로그인 설정이 바뀌었습니다.', advice: tellSomebody };
}
