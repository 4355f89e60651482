// <button data-behavior="theme"> turns light into dark and back; a cookie tells the server from then on.

const year = 365 * 24 * 3600;
// as lib/web/cookies.ts names ours
const [name, secure] = location.protocol === 'https:' ? ['__Host-moa.theme', '; Secure'] : ['moa.theme', ''];

/** @param {HTMLButtonElement} button */
export default function theme(button) {
  button.addEventListener('click', () => {
    const root = document.documentElement;
    const chosen = root.dataset.bsTheme === 'dark' ? 'light' : 'dark';
    root.dataset.bsTheme = chosen;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs https
    document.cookie = `${name}=${chosen}; Path=/; Max-Age=${year}; SameSite=Lax${secure}`;
  });
}
