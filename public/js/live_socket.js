// The socket of a page. It comes back by itself, at once and then after longer and longer; when it is back it tells the
// server for how long it was away, so that whoever looks after the servers knows.

/** @returns {Promise<import('socket.io-client').Socket>} */
export async function openSocket() {
  const address = document.querySelector('meta[name="moa-socket-client"]').content;
  const { io } = await import(address);
  const socket = io({
    transports: ['websocket'],
    reconnectionDelay: 250,
    reconnectionDelayMax: 3000,
    randomizationFactor: 0.5,
  });
  let lostAt;
  socket.on('disconnect', () => {
    lostAt ??= performance.now();
  });
  socket.on('connect', () => {
    if (lostAt !== undefined) socket.emit('back', Math.round(performance.now() - lostAt));
    lostAt = undefined;
  });
  return socket;
}
