// A button that opens Kakao's postal code service over the page and fills in what was chosen there. Its script is
// loaded at the first press only; the page's policy names its hosts only where the setting is on.

const source = 'https://t1.kakaocdn.net/mapjsapi/bundle/postcode/prod/postcode.v2.js';

/** @param {HTMLButtonElement} button */
export default function postcodeFinder(button) {
  const { form } = button;
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      await loadOnce();
      open();
    } catch {
      tell('우편번호 찾기를 열지 못했습니다. 인터넷 연결을 확인하거나 직접 적어 주세요.');
    } finally {
      button.disabled = false;
    }
  });

  const open = () => {
    const dialog = document.createElement('dialog');
    dialog.className = 'dialog finder-dialog';
    dialog.setAttribute('aria-label', '우편번호 찾기');
    const frame = document.createElement('div');
    frame.className = 'finder-frame';
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'btn btn-secondary';
    close.textContent = '닫기';
    close.addEventListener('click', () => dialog.close());
    dialog.append(frame, close);
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    const { Postcode } = globalThis.kakao?.Postcode ? globalThis.kakao : globalThis.daum;
    new Postcode({
      width: '100%',
      height: '100%',
      oncomplete: (found) => {
        dialog.close();
        fill(found);
      },
    }).embed(frame);
  };

  const fill = ({ zonecode, roadAddress, jibunAddress, userSelectedType, buildingName }) => {
    form.elements.namedItem('postcode').value = zonecode;
    const address = userSelectedType === 'J' ? jibunAddress : roadAddress;
    form.elements.namedItem('address').value = [address, buildingName && `(${buildingName})`]
      .filter(Boolean)
      .join(' ');
    for (const name of ['postcode', 'address']) {
      form.elements.namedItem(name).dispatchEvent(new Event('input', { bubbles: true }));
    }
    form.elements.namedItem('address_detail').focus();
  };

  const tell = (words) => {
    const hint = form.querySelector('[data-region-hint]');
    const text = document.createElement('span');
    text.className = 'region-reason';
    text.textContent = words;
    hint.replaceChildren(text);
  };
}

let loading;

function loadOnce() {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = source;
    script.addEventListener('load', done);
    script.addEventListener('error', () => {
      loading = undefined;
      script.remove();
      failed(new Error('the finder could not be loaded'));
    });
    document.head.append(script);
  });
  return loading;
}
