// Runs before the first paint: without a choice of its own the page follows the system.
(() => {
  const root = document.documentElement;
  root.classList.add('js');
  if (root.dataset.bsTheme) return;

  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = () => {
    if (!/(?:^|;\s*)(?:__Host-)?moa\.theme=/.test(document.cookie))
      root.dataset.bsTheme = dark.matches ? 'dark' : 'light';
  };
  follow();
  dark.addEventListener('change', follow);
})();
