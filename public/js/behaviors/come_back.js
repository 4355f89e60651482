// On a page that says that something is away: looks whether it is back, and opens what was asked for.

const lookEvery = 3000;

export default function comeBack() {
  const timer = setInterval(async () => {
    const answer = await fetch(location.href, {
      headers: { 'x-moa-passive': '1' },
      redirect: 'manual',
      cache: 'no-store',
    }).catch(() => undefined);
    if (!answer || answer.status === 502 || answer.status === 503) return;
    clearInterval(timer);
    location.reload();
  }, lookEvery);
}
